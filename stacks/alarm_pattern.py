"""Which events start the pipeline, and which wake the watchdog."""

from typing import Any, Final

from stacks.config import Config
from stacks.config_rules import OWN_PREFIX
from stacks.naming import Names

NOBODY: Final = "(no alarm is opted in)"
"""EventBridge refuses an empty list of names."""


def alarm_pattern(config: Config) -> dict[str, Any]:
    """Return the pattern of opted-in alarms. Quorum's own never fit: nothing feeds on itself.

    No stage takes another source: `aws.*` may not be put by anybody but AWS, and on the laptop the
    emulator sends the same events itself. Without prefixes and tags nothing is opted in. A pattern
    cannot ask for a tag, so where tags decide all alarms but ours come as far as intake's gate.
    """
    if config.alarm_tags:
        return _changes([{"anything-but": {"prefix": OWN_PREFIX}}])
    prefixes: list[Any] = [{"prefix": prefix} for prefix in config.alarm_prefixes]
    return _changes(prefixes or [NOBODY])


def _changes(names: list[Any]) -> dict[str, Any]:
    return {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": names, "state": {"value": ["ALARM", "OK"]}},
    }


def died_pattern(config: Config) -> dict[str, Any]:
    """Return the pattern of our executions that ended without an end of ours."""
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [Names(config.stage).machine_arn],
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        },
    }
