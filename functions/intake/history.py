"""Questions to an incident's facts, without folding them."""

from collections.abc import Sequence
from typing import Final

from functions.intake.alarm_event import AlarmEvent
from quorum.domain.events import (
    AlarmJoined,
    AlarmRecovered,
    IncidentEvent,
    IncidentOpened,
)
from quorum.domain.evidence import Alarm

MOST_OF_ONE_ALARM: Final = 10
"""Firings, and as many recoveries, of one alarm that an incident's log keeps: whoever makes an
alarm flap must not make the log longer than everybody who reads it can bear."""


def has_fired(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether this very transition opened or joined the incident."""
    return any(
        isinstance(fact, IncidentOpened | AlarmJoined)
        and fact.alarm.arn == event.arn
        and fact.alarm.fired_at == event.at
        for fact in history
    )


def has_recovered(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether this very recovery is attached."""
    return any(
        isinstance(fact, AlarmRecovered)
        and fact.alarm_name == event.detail.alarm_name
        and fact.recovered_at == event.at
        for fact in history
    )


def is_noted(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether the log has enough of this alarm's coming and going: it flaps."""
    if event.detail.state.value == "OK":
        name = event.detail.alarm_name
        known = [f for f in history if isinstance(f, AlarmRecovered) and f.alarm_name == name]
        return len(known) >= MOST_OF_ONE_ALARM
    return sum(alarm.arn == event.arn for alarm in alarms_of(history)) >= MOST_OF_ONE_ALARM


def alarms_of(history: Sequence[IncidentEvent]) -> tuple[Alarm, ...]:
    """Return the alarms of the incident, the first one first."""
    return tuple(f.alarm for f in history if isinstance(f, IncidentOpened | AlarmJoined))
