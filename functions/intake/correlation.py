"""Where a firing alarm goes: into the open incident that it is related to, or into a new one.

The order is: take the open keys, remember which incident takes the transition, append the fact,
start the execution, keep the keys, which are held for long enough until then. Every step may be
repeated, so a delivery after a crash goes the same way again and comes to the same incident.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from functions.intake.alarm_context import AlarmContext
from functions.intake.alarm_event import AlarmEvent
from functions.intake.open_keys import EndedIncidents, OpenKeys
from quorum.application.recorder import Header, Recorder
from quorum.domain.constants import (
    FLAPPING_WINDOW_SECONDS,
    STORM_INCIDENTS,
    STORM_WINDOW_SECONDS,
)
from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.events import (
    AlarmJoined,
    AlarmRecovered,
    IncidentEvent,
    IncidentOpened,
)
from quorum.domain.evidence import Alarm
from quorum.domain.incident_records import Opening
from quorum.domain.open_keys import edge_keys, own_keys
from quorum.ports.clock import Clock
from quorum.ports.execution import Operations
from quorum.ports.log import ClosingBook, OpeningBook
from quorum.ports.telemetry import AlarmDescription
from quorum.ports.workflow import ExecutionStarter

Verdict = Literal["opened", "joined", "repeat", "older", "flaps"]
TRIES: Final = 3


class Placed(NamedTuple):
    """What became of the alarm, and the incident that has it."""

    verdict: Verdict
    incident_id: str


@dataclass(frozen=True, slots=True)
class Correlator:
    """Opens incidents, and joins alarms to them."""

    claims: OpenKeys
    surroundings: AlarmContext
    recorder: Recorder
    operations: Operations
    openings: OpeningBook
    closings: ClosingBook
    ended: EndedIncidents
    starter: ExecutionStarter
    now: Clock

    def place(
        self, event: AlarmEvent, known: AlarmDescription, implausible: datetime | None
    ) -> Placed:
        """Open an incident or join one. Raises ConcurrencyConflictError after too many races.

        `implausible`: the time of a remembered transition that gives way to this one.
        """
        alarm = self.surroundings.describe(event, known)
        own, edges = self._keys([alarm])
        for _ in range(TRIES):
            holder = self.claims.claim((*own, *edges), event.incident_id)
            if self.operations.record_transition(event.arn, event.at, holder, implausible):
                self.operations.release(event.incident_id, (*own, *edges))
                return Placed("older", event.incident_id)
            if holder == event.incident_id:
                return self._open(event.incident_id, alarm)
            joined = self._join(holder, event, alarm)
            if joined:
                return joined
        raise ConcurrencyConflictError(f"the incidents of {event.arn} close faster than it joins")

    def again(self, incident_id: str, history: Sequence[IncidentEvent]) -> Placed:
        """Finish what a delivery before may have left undone: the start and the keys."""
        if not self.ended.has(incident_id, history):
            self.starter.start(incident_id)
            self._keep(incident_id, alarms_of(history))
        return Placed("repeat", incident_id)

    def _open(self, incident_id: str, alarm: Alarm) -> Placed:
        opening = self.openings.find(incident_id) or self._opening(incident_id, alarm)
        kept = self.openings.put(opening)

        def build(header: Header, history: Sequence[IncidentEvent]) -> IncidentOpened | None:
            return None if history else _opened(header, kept)

        recorded = self.recorder.record(incident_id, build)
        if recorded.event is None:
            return self.again(incident_id, recorded.history)
        self.starter.start(incident_id)
        self._keep(incident_id, [alarm])
        return Placed("opened", incident_id)

    def _opening(self, incident_id: str, alarm: Alarm) -> Opening:
        """Return how the incident opens, which is kept before the log tells of it."""
        now = self.now()
        recent = self.openings.since(now - timedelta(seconds=STORM_WINDOW_SECONDS))
        ended = self.closings.of_alarm(alarm.arn)
        quiet = alarm.fired_at.timestamp() - FLAPPING_WINDOW_SECONDS
        return Opening(
            incident_id=incident_id,
            alarms=(alarm,),
            opened_at=now.timestamp(),
            flapping=ended is not None and ended.ended_at > quiet,
            storm=len(recent) + 1 >= STORM_INCIDENTS,
        )

    def _join(self, holder: str, event: AlarmEvent, alarm: Alarm) -> Placed | None:
        """Return None when the incident was closed in the meantime: it takes no new alarm."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> AlarmJoined | None:
            if not history or self.ended.has(holder, history) or is_noted(history, event):
                return None
            if has_fired(history, event):
                return None
            return AlarmJoined.model_validate({**header, "alarm": alarm})

        joined, found = self.recorder.record(holder, build)
        if joined is None and not has_fired(found, event):
            noted = is_noted(found, event) and not self.ended.has(holder, found)
            return Placed("flaps", holder) if noted else None
        self.openings.join(holder, alarm)
        if joined is None:
            return self.again(holder, found)
        self._keep(holder, [alarm])
        return Placed("joined", holder)

    def _keys(self, alarms: Iterable[Alarm]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        known = tuple(alarms)
        edges = self.surroundings.service_map().edges()
        near = {key for alarm in known for key in edge_keys(alarm, edges)}
        return own_keys(known), tuple(sorted(near))

    def _keep(self, incident_id: str, alarms: Iterable[Alarm]) -> None:
        self.claims.keep(incident_id, *self._keys(alarms))


def _opened(header: Header, opening: Opening) -> IncidentOpened:
    said = {"alarm": opening.alarms[0], "flapping": opening.flapping, "storm": opening.storm}
    return IncidentOpened.model_validate({**header, **said})


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
