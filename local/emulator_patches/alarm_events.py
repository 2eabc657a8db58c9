"""Alarm state change events on EventBridge: MiniStack notifies only SNS."""

import json
from datetime import UTC, datetime
from typing import Any

from local.emulator_patches.patching import Wrapper, service, wrap

_told: dict[str, dict[str, str]] = {}


def apply() -> None:
    """Patch the dispatch of alarm actions."""
    wrap(service("services.cloudwatch"), "_dispatch_alarm_actions", _told_to_the_bus)


def _told_to_the_bus(act: Wrapper) -> Wrapper:
    """Send every transition as a `CloudWatch Alarm State Change` event of source aws.cloudwatch."""

    def corrected(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
        act(alarm, old, new, reason)
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
        state = {"value": new, "reason": reason, "timestamp": at}
        past = _told.get(alarm["AlarmArn"], {"value": old, "reason": "", "timestamp": at})
        _told[alarm["AlarmArn"]] = state
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": [alarm["AlarmArn"]],
            "Detail": json.dumps(_detail(alarm, state, {**past, "value": old})),
        }
        service("services.eventbridge")._put_events({"Entries": [entry]}, allow_aws_source=True)  # noqa: SLF001

    return corrected


def _detail(alarm: dict[str, Any], state: dict[str, str], past: dict[str, str]) -> dict[str, Any]:
    metric = {
        "namespace": alarm.get("Namespace"),
        "name": alarm.get("MetricName"),
        "dimensions": {d["Name"]: d["Value"] for d in alarm.get("Dimensions") or []},
    }
    stat = {"metric": metric, "period": alarm.get("Period"), "stat": alarm.get("Statistic")}
    return {
        "alarmName": alarm["AlarmName"],
        "configuration": {
            "description": alarm.get("AlarmDescription", ""),
            "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}],
        },
        "previousState": past,
        "state": state,
    }
