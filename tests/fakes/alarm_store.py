"""Alarms as CloudWatch has them, in memory; it accepts the events that CloudWatch would send."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from quorum.domain.errors import QuorumError
from quorum.ports.telemetry import AlarmDescription, AlarmStatus, WatchedMetric


class InMemoryAlarmDescriptions:
    """An `AlarmDescriptions`. Set `error` to have its calls raise it."""

    def __init__(self) -> None:
        self.error: QuorumError | None = None
        self.known: dict[str, AlarmDescription] = {}
        self.asked = list[list[str]]()

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the alarms that exist, by name."""
        self.asked.append(list(names))
        if self.error is not None:
            raise self.error
        return {name: self.known[name] for name in names if name in self.known}

    def send(self, event: Mapping[str, Any]) -> None:
        """Change or create the alarm by the event, as CloudWatch has
        before it sends the event. An older change than the stored one changes nothing."""
        found = _described(event)
        known = self.known.get(found.status.name)
        if known is None:
            self.known[found.status.name] = found
        elif known.status.since <= found.status.since:
            self.known[found.status.name] = known._replace(status=found.status, reason=found.reason)


PERIOD_SECONDS: Final = 60


def _described(event: Mapping[str, Any]) -> AlarmDescription:
    detail = event["detail"]
    configuration, state = detail["configuration"], detail["state"]
    entries = configuration.get("metrics", ())
    stats = [entry["metricStat"] for entry in entries if "metricStat" in entry]
    kind: Any = "metric" if len(entries) == len(stats) == 1 else "math"
    return AlarmDescription(
        status=AlarmStatus(
            detail["alarmName"], state["value"], datetime.fromisoformat(state["timestamp"])
        ),
        reason=state.get("reason", ""),
        kind="composite" if "alarmRule" in configuration else kind,
        watched=tuple(_watched(stat["metric"]) for stat in stats),
        metric=stats[0]["metric"]["name"] if stats else None,
        statistic=stats[0]["stat"] if stats else None,
        threshold=5.0 if kind == "metric" else None,
        comparison="GreaterThanThreshold" if kind == "metric" else None,
        period_seconds=PERIOD_SECONDS,
        evaluation_periods=2,
        rule=configuration.get("alarmRule", ""),
    )


def _watched(metric: Mapping[str, Any]) -> WatchedMetric:
    return WatchedMetric(metric["namespace"], tuple(metric["dimensions"].items()))
