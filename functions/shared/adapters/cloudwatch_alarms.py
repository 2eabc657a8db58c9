"""Alarms from CloudWatch: their states, composites included, and how they are defined."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from functions.shared.adapters.aws_errors import raising
from functions.shared.domain.errors import SourceUnavailableError
from functions.shared.ports import AlarmDefinition, AlarmStatus, WatchedMetric

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient

NAMES: Final = 100
Alarm = Mapping[str, Any]


class CloudWatchAlarms:
    """An `AlarmSource`, an `AlarmRegistry` and `AlarmDefinitions`, by DescribeAlarms; and tags."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def states(self, names: Sequence[str]) -> Mapping[str, AlarmStatus]:
        """Return the alarms that exist, by name."""
        return {alarm["AlarmName"]: _status(alarm) for alarm in self._named(names)}

    def define(self, names: Sequence[str]) -> Mapping[str, AlarmDefinition]:
        """Return how those metric and metric-math alarms are defined that exist, by name."""
        return {
            alarm["AlarmName"]: _definition(alarm)
            for alarm in self._named(names)
            if "AlarmRule" not in alarm
        }

    def watched(self, prefixes: Sequence[str]) -> Sequence[WatchedMetric]:
        """Return the metrics of the alarms whose names begin so, each once."""
        found = {
            metric: None
            for prefix in prefixes
            for alarm in self._describe(AlarmNamePrefix=prefix)
            for metric in _watched(alarm)
        }
        return tuple(found)

    def tags(self, arn: str) -> Mapping[str, str]:
        """Return the alarm's tags. Raises SourceUnavailableError, for an unknown alarm too."""
        with raising(SourceUnavailableError, f"tags of {arn}"):
            found = self._client.list_tags_for_resource(ResourceARN=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def _named(self, names: Sequence[str]) -> Iterator[Alarm]:
        for first in range(0, len(names), NAMES):
            yield from self._describe(AlarmNames=names[first : first + NAMES])

    def _describe(self, **which: Any) -> list[Alarm]:
        found: list[Alarm] = []
        with raising(SourceUnavailableError, "alarms"):
            pages = self._client.get_paginator("describe_alarms").paginate(
                AlarmTypes=["MetricAlarm", "CompositeAlarm"], **which
            )
            for page in pages:
                found += [*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())]
        return found


def _status(alarm: Alarm) -> AlarmStatus:
    since = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    return AlarmStatus(alarm["AlarmName"], alarm["StateValue"], since.astimezone(UTC))


def _definition(alarm: Alarm) -> AlarmDefinition:
    return AlarmDefinition(
        watched=_watched(alarm),
        threshold=alarm.get("Threshold"),
        comparison=alarm.get("ComparisonOperator"),
        period_seconds=_period(alarm),
        evaluation_periods=alarm.get("EvaluationPeriods", 1),
    )


def _period(alarm: Alarm) -> int:
    periods = [m.get("MetricStat", m).get("Period") for m in alarm.get("Metrics", ())]
    return int(alarm.get("Period") or next((p for p in periods if p), 60))


def _watched(alarm: Alarm) -> tuple[WatchedMetric, ...]:
    stats = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", ()) if "MetricStat" in m]
    return tuple(
        WatchedMetric(
            metric["Namespace"],
            tuple((d["Name"], d["Value"]) for d in metric.get("Dimensions", ())),
        )
        for metric in ([alarm] if alarm.get("Namespace") else stats)
    )
