"""Alarms as CloudWatch has them, in memory; it accepts the events that CloudWatch would send."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.domain.errors import QuorumError
from quorum.ports.telemetry import AlarmDescription


class InMemoryAlarmDescriptions:
    """An `AlarmDescriptions`. Set `error` to have its calls raise it."""

    def __init__(self) -> None:
        self.error: QuorumError | None = None
        self.known: dict[str, AlarmDescription] = {}
        self.asked = list[list[str]]()
        self.breaching: dict[str, list[dict[str, str]]] = {}

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the alarms that exist, by name."""
        self.asked.append(list(names))
        if self.error is not None:
            raise self.error
        return {name: self.known[name] for name in names if name in self.known}

    def contributors(self, name: str) -> Sequence[Mapping[str, str]]:
        """Return the dimensions of the series that breach."""
        if self.error is not None:
            raise self.error
        return self.breaching.get(name, [])

    def send(self, event: Mapping[str, Any]) -> None:
        """Change or create the alarm by the event, as CloudWatch has
        before it sends the event. An older change than the stored one changes nothing."""
        found = _described(event)
        known = self.known.get(found.status.name)
        if known is None:
            self.known[found.status.name] = found
        elif known.status.since <= found.status.since:
            self.known[found.status.name] = known._replace(status=found.status, reason=found.reason)


def _described(event: Mapping[str, Any]) -> AlarmDescription:
    """Return the adapter's description of the alarm, by CloudWatch's answer to DescribeAlarms."""
    detail = event["detail"]
    configuration, state = detail["configuration"], detail["state"]
    answer: dict[str, Any] = {
        "AlarmName": detail["alarmName"],
        "AlarmArn": event["resources"][0],
        "StateValue": state["value"],
        "StateReason": state.get("reason"),
        "StateUpdatedTimestamp": datetime.fromisoformat(state["timestamp"]),
        "EvaluationPeriods": 2,
        **_compared(configuration),
    }
    found = CloudWatchAlarms(cast("Any", _Client(answer))).describe([detail["alarmName"]])
    return found[detail["alarmName"]]


def _compared(configuration: Mapping[str, Any]) -> dict[str, Any]:
    if "alarmRule" in configuration:
        return {"AlarmRule": configuration["alarmRule"]}
    entries = [_entry(entry) for entry in configuration.get("metrics", ())]
    plain = len(entries) == 1 and "MetricStat" in entries[0]
    rule = {"Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold"} if plain else {}
    return {"Metrics": entries, **rule}


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of an event in the words of DescribeAlarms."""
    found: dict[str, Any] = {"Id": entry["id"], "ReturnData": entry.get("returnData", True)}
    if "accountId" in entry:
        found["AccountId"] = entry["accountId"]
    if "expression" in entry:
        return {**found, "Expression": entry["expression"], "Period": entry.get("period")}
    stat = entry["metricStat"]
    metric = stat["metric"]
    named = {
        "Namespace": metric["namespace"],
        "MetricName": metric["name"],
        "Dimensions": [{"Name": n, "Value": v} for n, v in metric["dimensions"].items()],
    }
    return {
        **found,
        "MetricStat": {"Metric": named, "Period": stat["period"], "Stat": stat["stat"]},
    }


class _Client:
    def __init__(self, alarm: Mapping[str, Any]) -> None:
        self._alarm = alarm

    def get_paginator(self, _operation: str) -> "_Client":
        return self

    def paginate(self, **_selection: Any) -> list[Mapping[str, Any]]:
        kind = "CompositeAlarms" if "AlarmRule" in self._alarm else "MetricAlarms"
        return [{kind: [self._alarm]}]
