"""Events of incidents: appended by a recorder, or built with the header that one would write."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from quorum.application.recorder import Header, Recorder
from quorum.domain.events import (
    GENESIS,
    AlarmRecovered,
    BaseEvent,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
    event_digest,
)
from tests.builders.alarms import ALARM, alarm
from tests.fakes.clock import START

INCIDENT: Final = "0123456789abcdef" * 2
OTHER: Final = "b" * 32
"""Another incident than the one that a test is about."""
NOT_ASCII: Final = "Threshold crossed: näh 🙂"
F = TypeVar("F", bound=BaseEvent)


def add(recorder: Recorder, incident_id: str, kind: type[F], **fields: object) -> F:
    """Append an event of this kind, however many there are, and return it."""

    def build(header: Header, _: Sequence[IncidentEvent]) -> F:
        return kind.model_validate({**header, **fields})

    event = recorder.record(incident_id, build).event
    assert event is not None
    return event


def opened(incident_id: str = INCIDENT, **changed: Any) -> IncidentOpened:
    """Return an incident's first event."""
    header = {"incident_id": incident_id, "version": 1, "previous": GENESIS}
    fired = alarm(reason=NOT_ASCII)
    given = {"event_id": "e1", "occurred_at": START, "alarm": fired, "flapping": False}
    return IncidentOpened.model_validate({**header, **given, **changed})


def recovered(after: IncidentEvent, event_id: str = "e2") -> AlarmRecovered:
    """Return an event that may follow `after`."""
    return following(after, AlarmRecovered, event_id, alarm_name=ALARM, recovered_at=START)


def closed(after: IncidentEvent, event_id: str = "e9") -> IncidentClosed:
    """Return the last event, after `after`."""
    return following(after, IncidentClosed, event_id, outcome="escalated", reason="test")


def following(after: IncidentEvent, kind: type[F], event_id: str, **fields: Any) -> F:
    """Return the event of this kind that follows `after`."""
    header = {
        "incident_id": after.incident_id,
        "version": after.version + 1,
        "event_id": event_id,
        "occurred_at": START,
        "previous": event_digest(after),
    }
    return kind.model_validate({**header, **fields})
