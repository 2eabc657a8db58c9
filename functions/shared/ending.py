"""Closing an incident, once: the fact, then the open keys, then what the alarms remember."""

from collections.abc import Sequence
from typing import Final

from functions.shared.domain.constants import ESCALATION_LEVEL
from functions.shared.domain.events import IncidentClosed, IncidentEvent, Outcome
from functions.shared.domain.incident import Incident, replay
from functions.shared.domain.open_keys import own_keys
from functions.shared.ports import Operations
from functions.shared.recording import Header, Recorder

A_PERSONS_NOW: Final = frozenset({"escalated", "undone", "unverified"})


def close(
    recorder: Recorder, operations: Operations, incident_id: str, outcome: Outcome, reason: str
) -> IncidentClosed:
    """Append IncidentClosed unless it is there, and release what the incident holds.

    Safe to repeat after a crash at any point: a closed incident keeps its first outcome. Raises
    InvalidHistoryError when there is no such incident.
    """
    level = ESCALATION_LEVEL if outcome in A_PERSONS_NOW else None
    facts: list[IncidentEvent] = []

    def build(header: Header, history: Sequence[IncidentEvent]) -> IncidentClosed | None:
        facts[:] = history
        if replay(history).is_closed:
            return None
        fields = {"outcome": outcome, "reason": reason, "level": level}
        return IncidentClosed.model_validate({**header, **fields})

    new = recorder.record(incident_id, build)
    closed = new or next(fact for fact in facts if isinstance(fact, IncidentClosed))
    _give_back(operations, replay(facts))
    return closed


def _give_back(operations: Operations, incident: Incident) -> None:
    """Free the keys that a new incident would take."""
    alarms = (incident.opened.alarm, *(fact.alarm for fact in incident.joined))
    operations.release(incident.incident_id, own_keys(alarms))
