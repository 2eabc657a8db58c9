"""Questions to an incident's facts, without folding them."""

from collections.abc import Sequence

from functions.intake.alarm_event import AlarmEvent
from functions.shared.domain.events import (
    AlarmJoined,
    AlarmRecovered,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
)
from functions.shared.domain.evidence import Alarm


def is_closed(history: Sequence[IncidentEvent]) -> bool:
    """Return whether the incident is closed."""
    return any(isinstance(fact, IncidentClosed) for fact in history)


def has_fired(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether this very transition opened or joined the incident."""
    return any(
        isinstance(fact, IncidentOpened | AlarmJoined)
        and fact.alarm.arn == event.arn
        and fact.alarm.fired_at == event.detail.state.timestamp
        for fact in history
    )


def has_recovered(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether this very recovery is attached."""
    return any(
        isinstance(fact, AlarmRecovered)
        and fact.alarm_name == event.detail.alarm_name
        and fact.recovered_at == event.detail.state.timestamp
        for fact in history
    )


def alarms_of(history: Sequence[IncidentEvent]) -> tuple[Alarm, ...]:
    """Return the alarms of the incident, the first one first."""
    return tuple(f.alarm for f in history if isinstance(f, IncidentOpened | AlarmJoined))
