"""EventBridge patterns: alarm events that start the pipeline, failed runs for the watchdog."""

from typing import Any, Final

from stacks.config import Config
from stacks.config_rules import OWN_PREFIX
from stacks.naming import Names

NO_ALARM: Final = "(no alarm is opted in)"
"""Matches no alarm. EventBridge rejects an empty list of names."""


def alarm_pattern(config: Config) -> dict[str, Any]:
    """Return the pattern of opted-in alarms, which never matches Quorum's own alarms.

    The source is always `aws.cloudwatch`: only AWS can send events from `aws.*`, and on the laptop
    the emulator sends the same events. Without prefixes and tags no alarm is opted in. A pattern
    cannot match tags, so with `alarm_tags` every alarm but Quorum's own reaches intake, which
    checks the tags.
    """
    if config.alarm_tags:
        return _state_changes([{"anything-but": {"prefix": OWN_PREFIX}}])
    prefixes: list[Any] = [{"prefix": prefix} for prefix in config.alarm_prefixes]
    return _state_changes(prefixes or [NO_ALARM])


def _state_changes(names: list[Any]) -> dict[str, Any]:
    return {
        "source": ["aws.cloudwatch"],
        "detail-type": [
            "CloudWatch Alarm State Change",
            "CloudWatch Alarm Contributor State Change",
        ],
        "detail": {"alarmName": names, "state": {"value": ["ALARM", "OK"]}},
    }


def failed_execution_pattern(config: Config) -> dict[str, Any]:
    """Return the pattern of Quorum's executions that failed, timed out or were aborted."""
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [Names(config.stage).machine_arn],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
