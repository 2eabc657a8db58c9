"""CloudWatch alarms, composites included: states, watched metrics and configuration."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import AlarmQuery
from quorum.ports.telemetry import AlarmDescription, AlarmStatus, WatchedMetric
from quorum.services.expressions import named_metrics
from quorum.services.naming import account_in

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient

NAMES: Final = 100
NO_DATAPOINTS: Final = "Threshold Crossed: no datapoints were received"
"""Start of the reason of a state that rests on missing data, as CloudWatch words it."""
KINDS: Final = ("MetricAlarms", "CompositeAlarms", "LogAlarms")
_RATE: Final = re.compile(r"rate\((\d{1,4}) (minute|hour|day)s?\)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86_400}
Alarm = Mapping[str, Any]


class CloudWatchAlarms:
    """An `AlarmSource`, `AlarmRegistry` and `AlarmDescriptions` by DescribeAlarms; tags as well."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def states(self, names: Sequence[str]) -> Mapping[str, AlarmStatus]:
        """Return the existing alarms among these, by name."""
        return {alarm["AlarmName"]: _status(alarm) for alarm in self._named(names)}

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the existing alarms among these, by name."""
        return {alarm["AlarmName"]: _description(alarm) for alarm in self._named(names)}

    def described(self, prefixes: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return all alarms with one of these name prefixes, by name."""
        return {
            alarm["AlarmName"]: _description(alarm)
            for prefix in prefixes
            for alarm in self._describe(AlarmNamePrefix=prefix)
        }

    def contributors(self, name: str) -> Sequence[Mapping[str, str]]:
        """Return the dimensions of each series of the alarm that breaches now, of all pages."""
        found: list[Mapping[str, str]] = []
        more: dict[str, str] = {}
        with raising(SourceUnavailableError, f"contributors of {name}"):
            while True:
                page = self._client.describe_alarm_contributors(AlarmName=name, **more)
                found += [one["ContributorAttributes"] for one in page["AlarmContributors"]]
                following = page.get("NextToken")
                if not following:
                    return found
                more = {"NextToken": following}

    def tags(self, arn: str) -> Mapping[str, str]:
        """Return the alarm's tags. Raises SourceUnavailableError, also for an unknown alarm."""
        with raising(SourceUnavailableError, f"tags of {arn}"):
            tags = self._client.list_tags_for_resource(ResourceARN=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}

    def _named(self, names: Sequence[str]) -> Iterator[Alarm]:
        for first in range(0, len(names), NAMES):
            yield from self._describe(AlarmNames=names[first : first + NAMES])

    def _describe(self, **selection: Any) -> list[Alarm]:
        alarms: list[Alarm] = []
        with raising(SourceUnavailableError, "alarms"):
            pages = self._client.get_paginator("describe_alarms").paginate(
                AlarmTypes=["MetricAlarm", "CompositeAlarm", "LogAlarm"], **selection
            )
            for page in pages:
                every: Mapping[str, Any] = page  # an earlier SDK has no log alarms
                alarms += [alarm for kind in KINDS for alarm in every.get(kind, ())]
        return alarms


def _status(alarm: Alarm) -> AlarmStatus:
    since = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    without_data = str(alarm.get("StateReason", "")).startswith(NO_DATAPOINTS)
    return AlarmStatus(alarm["AlarmName"], alarm["StateValue"], since.astimezone(UTC), without_data)


def _description(alarm: Alarm) -> AlarmDescription:
    kind = _kind(alarm)
    first = next(iter(_stats(alarm)), {})
    metric = first.get("Metric", {})
    return AlarmDescription(
        status=_status(alarm),
        reason=alarm.get("StateReason") or "",
        kind=kind,
        watched=_watched(alarm),
        metric=metric.get("MetricName"),
        statistic=first.get("Stat"),
        threshold=alarm.get("Threshold"),
        comparison=alarm.get("ComparisonOperator"),
        period_seconds=_period(alarm),
        evaluation_periods=alarm.get("EvaluationPeriods") or alarm.get("QueryResultsToEvaluate", 1),
        rule=alarm.get("AlarmRule", ""),
        reason_data=alarm.get("StateReasonData") or "",
        queries=_queries(alarm) if kind == "math" else (),
    )


def _kind(alarm: Alarm) -> Literal["metric", "math", "composite"]:
    if "AlarmRule" in alarm:
        return "composite"
    entries = alarm.get("Metrics", ())
    plain = len(entries) == 1 and "MetricStat" in entries[0] and not _is_foreign(alarm, entries[0])
    return "metric" if plain or alarm.get("Namespace") else "math"


def _period(alarm: Alarm) -> int:
    """Return the seconds between two evaluations: of a log alarm by its schedule, if by a rate."""
    periods = [m.get("MetricStat", m).get("Period") for m in alarm.get("Metrics", ())]
    schedule = alarm.get("ScheduledQueryConfiguration", {}).get("ScheduleConfiguration", {})
    rate = _RATE.fullmatch(schedule.get("ScheduleExpression", ""))
    scheduled = int(rate.group(1)) * _SECONDS[rate.group(2)] if rate else alarm.get("Period")
    return int(scheduled or next((p for p in periods if p), alarm.get("EvaluationInterval", 60)))


def _stats(alarm: Alarm) -> list[Alarm]:
    """Return the metrics of the alarm's own account and their statistics, as metric math does."""
    if alarm.get("Namespace"):
        return [{"Metric": alarm, "Stat": alarm.get("Statistic") or alarm.get("ExtendedStatistic")}]
    mine = (m for m in alarm.get("Metrics", ()) if not _is_foreign(alarm, m))
    return [m["MetricStat"] for m in mine if "MetricStat" in m]


def _watched(alarm: Alarm) -> tuple[WatchedMetric, ...]:
    """Return the alarm's metrics, without those of other accounts: a name there may be one here."""
    metrics = (stat["Metric"] for stat in _stats(alarm))
    own = [(m["Namespace"], _dimensions(m)) for m in metrics]
    own += [
        (found.namespace, found.dimensions)
        for entry in alarm.get("Metrics", ())
        if not _is_foreign(alarm, entry)
        for found in named_metrics(entry.get("Expression", ""))
    ]
    logs = alarm.get("ScheduledQueryConfiguration", {}).get("LogGroupIdentifiers", ())
    own += [
        ("AWS/Logs", (("LogGroupName", _group_name(group)),))
        for group in logs
        if not _is_elsewhere(alarm, group)
    ]
    mine = (one for one in own if not any(_is_elsewhere(alarm, value) for _, value in one[1]))
    return tuple(WatchedMetric(*one) for one in mine)


def _group_name(name_or_arn: str) -> str:
    """Return the name of a log group."""
    _, found, name = name_or_arn.partition(":log-group:")
    return name.removesuffix(":*") if found else name_or_arn


def _queries(alarm: Alarm) -> tuple[AlarmQuery, ...]:
    """Return the entries of the alarm's math; of an anomaly alarm the metric's, not the band's."""
    entries = alarm.get("Metrics", ())
    shown = [m["Id"] for m in entries if m.get("ReturnData", True)]
    compared = [one for one in shown if one != alarm.get("ThresholdMetricId")] or shown
    return tuple(
        _entry(alarm, one, returned=one["Id"] == compared[0])
        for one in entries
        if one["Id"] != alarm.get("ThresholdMetricId") or one["Id"] in compared
    )


def _entry(alarm: Alarm, entry: Alarm, *, returned: bool) -> AlarmQuery:
    stat = entry.get("MetricStat", {})
    metric = stat.get("Metric", {})
    return AlarmQuery(
        id=entry["Id"],
        expression=entry.get("Expression"),
        namespace=metric.get("Namespace"),
        metric=metric.get("MetricName"),
        dimensions=_dimensions(metric),
        statistic=stat.get("Stat"),
        period_seconds=stat.get("Period") or entry.get("Period"),
        account=entry.get("AccountId") if _is_foreign(alarm, entry) else None,
        returned=returned,
    )


def _dimensions(metric: Alarm) -> tuple[tuple[str, str], ...]:
    return tuple((d["Name"], d["Value"]) for d in metric.get("Dimensions", ()))


def _is_foreign(alarm: Alarm, entry: Alarm) -> bool:
    """Return whether the entry is of another account than the alarm."""
    account = entry.get("AccountId")
    return account is not None and account != account_in(alarm.get("AlarmArn", ""))


def _is_elsewhere(alarm: Alarm, value: str) -> bool:
    """Return whether a dimension is the ARN of something in another account."""
    account, own = account_in(value), account_in(alarm.get("AlarmArn", ""))
    return None not in (account, own) and account != own
