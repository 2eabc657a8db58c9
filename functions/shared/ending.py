"""Closing an incident, once: the fact, then the open keys, then what the alarms remember."""

from typing import Final

from functions.shared.domain.constants import ESCALATION_LEVEL
from functions.shared.domain.events import IncidentClosed, Outcome
from functions.shared.domain.incident import replay
from functions.shared.domain.open_keys import own_keys
from functions.shared.ports import Operations
from functions.shared.recording import Recorder

A_PERSONS_NOW: Final = frozenset({"escalated", "undone", "unverified"})


def close(
    recorder: Recorder, operations: Operations, incident_id: str, outcome: Outcome, reason: str
) -> IncidentClosed:
    """Append IncidentClosed unless it is there, and release what the incident holds.

    Safe to repeat after a crash at any point: a closed incident keeps its first outcome.
    """
    level = ESCALATION_LEVEL if outcome in A_PERSONS_NOW else None
    closed = recorder.record_once(
        incident_id, IncidentClosed, outcome=outcome, reason=reason, level=level
    )
    incident = replay(recorder.store.load(incident_id))
    alarms = (incident.opened.alarm, *(fact.alarm for fact in incident.joined))
    for alarm in alarms:
        operations.remember_closed(alarm.arn, closed.occurred_at)
    operations.release(incident_id, own_keys(alarms))
    return closed
