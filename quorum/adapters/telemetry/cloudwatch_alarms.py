"""CloudWatch alarms, composites included: states, watched metrics and configuration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import AlarmDescription, AlarmStatus, WatchedMetric

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient

NAMES: Final = 100
NO_DATAPOINTS: Final = "Threshold Crossed: no datapoints were received"
"""Start of the reason of a state that rests on missing data, as CloudWatch words it."""
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

    def watched(self, prefixes: Sequence[str]) -> Sequence[WatchedMetric]:
        """Return the metrics of all alarms with one of these name prefixes, without duplicates."""
        return _metrics(
            alarm for prefix in prefixes for alarm in self._describe(AlarmNamePrefix=prefix)
        )

    def watched_by(self, names: Sequence[str]) -> Sequence[WatchedMetric]:
        """Return the metrics of the existing alarms among these, without duplicates."""
        return _metrics(self._named(names))

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
                AlarmTypes=["MetricAlarm", "CompositeAlarm"], **selection
            )
            for page in pages:
                alarms += [*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())]
        return alarms


def _status(alarm: Alarm) -> AlarmStatus:
    since = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    without_data = str(alarm.get("StateReason", "")).startswith(NO_DATAPOINTS)
    return AlarmStatus(alarm["AlarmName"], alarm["StateValue"], since.astimezone(UTC), without_data)


def _description(alarm: Alarm) -> AlarmDescription:
    first = next(iter(_stats(alarm)), {})
    metric = first.get("Metric", {})
    return AlarmDescription(
        status=_status(alarm),
        reason=alarm.get("StateReason", ""),
        kind=_kind(alarm),
        watched=_watched(alarm),
        metric=metric.get("MetricName"),
        statistic=first.get("Stat"),
        threshold=alarm.get("Threshold"),
        comparison=alarm.get("ComparisonOperator"),
        period_seconds=_period(alarm),
        evaluation_periods=alarm.get("EvaluationPeriods", 1),
        rule=alarm.get("AlarmRule", ""),
        reason_data=alarm.get("StateReasonData", ""),
    )


def _kind(alarm: Alarm) -> Literal["metric", "math", "composite"]:
    if "AlarmRule" in alarm:
        return "composite"
    entries = alarm.get("Metrics", ())
    plain = len(entries) == 1 and "MetricStat" in entries[0]
    return "metric" if plain or alarm.get("Namespace") else "math"


def _period(alarm: Alarm) -> int:
    periods = [m.get("MetricStat", m).get("Period") for m in alarm.get("Metrics", ())]
    return int(alarm.get("Period") or next((p for p in periods if p), 60))


def _stats(alarm: Alarm) -> list[Alarm]:
    """Return the alarm's metrics and statistics, in the form that metric math uses."""
    if alarm.get("Namespace"):
        return [{"Metric": alarm, "Stat": alarm.get("Statistic") or alarm.get("ExtendedStatistic")}]
    return [m["MetricStat"] for m in alarm.get("Metrics", ()) if "MetricStat" in m]


def _metrics(alarms: Iterable[Alarm]) -> tuple[WatchedMetric, ...]:
    return tuple(dict.fromkeys(metric for alarm in alarms for metric in _watched(alarm)))


def _watched(alarm: Alarm) -> tuple[WatchedMetric, ...]:
    return tuple(
        WatchedMetric(
            metric["Namespace"],
            tuple((d["Name"], d["Value"]) for d in metric.get("Dimensions", ())),
        )
        for metric in (stat["Metric"] for stat in _stats(alarm))
    )
