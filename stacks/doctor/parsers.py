"""The product's own parsers of alarms, resources, signals and candidates, imported in one place."""

from datetime import datetime

from functions.evidence.scope import scope
from functions.evidence.sources import log_group
from functions.intake.alarm_context import AlarmContext
from functions.intake.alarm_event import AlarmEvent
from functions.intake.gate import Gate
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import derive_changes
from quorum.domain.conventions import metrics_of
from quorum.domain.evidence import Alarm, Candidate, ResourceState, Scalar

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

_RELEASED = frozenset({"alias_version", "version", "task_definition"})
"""Settings that a release raises, by their names without an alias's or an index's."""
_LOWERED = frozenset({"reserved_concurrency", "read_units", "write_units"})
"""Settings that can be lowered too far."""


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


def possible(
    state: ResourceState, at: datetime, alarms: tuple[Alarm, ...] = ()
) -> tuple[Candidate, ...]:
    """Return the candidates after a change of the resource's settings, as the catalogue lists them.

    The change is assumed: a release of the present version, the present number lowered from one
    more; of a queue, a dead letter. One candidate per verb is returned.
    """
    settings = dict(state.settings)
    if settings.get("dlq"):
        settings["dead_letters"] = 1
    before = {name: _before(name.rpartition("/")[2], now) for name, now in settings.items()}
    moment = at.timestamp()
    changes = derive_changes(state.resource, before, settings, seen=moment, now=moment)
    changed = ResourceState(resource=state.resource, settings=settings)
    found = candidates(Situation((changed,), changes, alarms))
    return tuple({one.verb: one for one in found}.values())


def _before(setting: str, now: Scalar) -> Scalar:
    """Return the assumed value before the change; the same one where none is assumed."""
    if setting in _LOWERED and isinstance(now, int):
        return now + 1
    if setting not in _RELEASED:
        return now
    if isinstance(now, int):
        return now - 1
    head = str(now).rstrip("0123456789")
    number = str(now)[len(head) :]
    return f"{head}{int(number) - 1}" if number else now
