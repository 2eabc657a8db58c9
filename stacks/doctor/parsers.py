"""The product's own parsers of alarms, resources, signals and candidates, imported in one place."""

from datetime import datetime

from functions.evidence.conventions import metrics_of
from functions.evidence.scope import scope
from functions.evidence.sources import log_group
from functions.intake.alarm_context import AlarmContext
from functions.intake.alarm_event import AlarmEvent
from functions.intake.gate import Gate
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import derive_changes
from quorum.domain.evidence import Candidate, ResourceState, Scalar

__all__ = [
    "AlarmContext",
    "AlarmEvent",
    "Gate",
    "fired",
    "log_group",
    "metrics_of",
    "possible",
    "scope",
]

_CHANGEABLE = ("alias_version", "version", "task_definition", "billing")
"""Settings whose change makes a rollback possible, each of one kind of resource."""


def fired(arn: str, account: str, region: str, at: datetime) -> AlarmEvent:
    """Return the event that intake would receive if the alarm with this ARN fired."""
    return AlarmEvent.model_validate(
        {
            "detail-type": "CloudWatch Alarm State Change",
            "account": account,
            "region": region,
            "resources": [arn],
            "detail": {
                "alarmName": arn.partition(":alarm:")[2],
                "state": {"value": "ALARM", "timestamp": at},
            },
        }
    )


def possible(state: ResourceState, at: datetime) -> tuple[Candidate, ...]:
    """Return the candidates after a change of the resource's settings, as the catalogue lists them.

    The change is assumed: from an earlier version to the present one; of a queue, dead letters.
    """
    settings = dict(state.settings)
    if settings.get("dlq"):
        settings["dead_letters"] = 1
    before = {
        name: _earlier(value) if name in _CHANGEABLE else value for name, value in settings.items()
    }
    moved = at.timestamp()
    changes = derive_changes(state.resource, before, settings, seen=moved, now=moved)
    found = candidates(
        Situation((ResourceState(resource=state.resource, settings=settings),), changes)
    )
    return tuple({one.verb: one for one in found}.values())


def _earlier(value: Scalar) -> Scalar:
    """Return a value that may have been before this one: the version below, where it has one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value - 1
    head, number = str(value).rstrip("0123456789"), ""
    number = str(value)[len(head) :]
    return f"{head}{int(number) - 1}" if number else value
