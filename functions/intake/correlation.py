"""Correlation of a firing alarm with the open incident it is related to, or a new one.

The order is: claim the open keys, remember the incident that takes the change, append the event,
start the execution, keep the keys. Until then the keys are held long enough. Every step is
idempotent, so a delivery after a crash takes the same path to the same incident.
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
from quorum.ports.log import ClosingStore, OpeningStore
from quorum.ports.telemetry import AlarmDescription
from quorum.ports.workflow import ExecutionStarter

PlacementVerdict = Literal["opened", "joined", "repeat", "older", "flaps"]
MAX_TRIES: Final = 3


class Placement(NamedTuple):
    """The verdict on the alarm, and its incident."""

    verdict: PlacementVerdict
    incident_id: str


@dataclass(frozen=True, slots=True)
class Correlator:
    """Opens incidents, and joins alarms to them."""

    open_keys: OpenKeys
    alarm_context: AlarmContext
    recorder: Recorder
    operations: Operations
    openings: OpeningStore
    closings: ClosingStore
    ended: EndedIncidents
    starter: ExecutionStarter
    now: Clock

    def place(
        self, event: AlarmEvent, description: AlarmDescription, implausible: datetime | None
    ) -> Placement:
        """Open an incident or join one. Raises ConcurrencyConflictError after MAX_TRIES races.

        `implausible`: the time of a remembered change that this one replaces.
        """
        alarm = self.alarm_context.describe(event, description)
        own, edges = self._keys([alarm])
        for _ in range(MAX_TRIES):
            holder = self.open_keys.claim((*own, *edges), event.incident_id)
            if self.operations.record_transition(event.source, event.at, holder, implausible):
                self.operations.release(event.incident_id, (*own, *edges))
                return Placement("older", event.incident_id)
            if holder == event.incident_id:
                return self._open(event.incident_id, alarm)
            joined = self._join(holder, event, alarm)
            if joined:
                return joined
        raise ConcurrencyConflictError(
            f"the incidents of {event.arn} closed before the alarm could join"
        )

    def resume(self, incident_id: str, history: Sequence[IncidentEvent]) -> Placement:
        """Repeat the steps that an earlier delivery may have missed: the start and the keys."""
        if not self.ended.has(incident_id, history):
            self.starter.start(incident_id)
            self._keep(incident_id, alarms_of(history))
        return Placement("repeat", incident_id)

    def _open(self, incident_id: str, alarm: Alarm) -> Placement:
        opening = self.openings.find(incident_id) or self._opening(incident_id, alarm)
        stored = self.openings.put(opening)

        def build(header: Header, history: Sequence[IncidentEvent]) -> IncidentOpened | None:
            return None if history else _opened(header, stored)

        recorded = self.recorder.record(incident_id, build)
        if recorded.event is None:
            return self.resume(incident_id, recorded.history)
        self.starter.start(incident_id)
        self._keep(incident_id, [alarm])
        return Placement("opened", incident_id)

    def _opening(self, incident_id: str, alarm: Alarm) -> Opening:
        """Return the opening, which is stored before the log records it."""
        now = self.now()
        recent = self.openings.since(now - timedelta(seconds=STORM_WINDOW_SECONDS))
        last = self.closings.of_alarm(alarm.arn)
        quiet = alarm.fired_at.timestamp() - FLAPPING_WINDOW_SECONDS
        return Opening(
            incident_id=incident_id,
            alarms=(alarm,),
            opened_at=now.timestamp(),
            flapping=last is not None and last.ended_at > quiet,
            storm=len(recent) + 1 >= STORM_INCIDENTS,
        )

    def _join(self, holder: str, event: AlarmEvent, alarm: Alarm) -> Placement | None:
        """Join the alarm; return None if the incident closed meanwhile: it takes no new alarm."""

        def build(header: Header, history: Sequence[IncidentEvent]) -> AlarmJoined | None:
            if not history or self.ended.has(holder, history) or at_event_limit(history, event):
                return None
            if has_fired(history, event):
                return None
            return AlarmJoined.model_validate({**header, "alarm": alarm})

        joined, history = self.recorder.record(holder, build)
        if joined is None and not has_fired(history, event):
            flaps = at_event_limit(history, event) and not self.ended.has(holder, history)
            return Placement("flaps", holder) if flaps else None
        self.openings.join(holder, alarm)
        if joined is None:
            return self.resume(holder, history)
        self._keep(holder, [alarm])
        return Placement("joined", holder)

    def _keys(self, alarms: Iterable[Alarm]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        alarms = tuple(alarms)
        edges = self.alarm_context.service_map().edges()
        near = {key for alarm in alarms for key in edge_keys(alarm, edges)}
        return own_keys(alarms), tuple(sorted(near))

    def _keep(self, incident_id: str, alarms: Iterable[Alarm]) -> None:
        self.open_keys.keep(incident_id, *self._keys(alarms))


def _opened(header: Header, opening: Opening) -> IncidentOpened:
    fields = {"alarm": opening.alarms[0], "flapping": opening.flapping, "storm": opening.storm}
    return IncidentOpened.model_validate({**header, **fields})


MAX_EVENTS_PER_ALARM: Final = 10
"""Firings, and as many recoveries, of one alarm in an incident's log: a flapping alarm must not
grow the log beyond its readers' limits."""


def has_fired(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether this very change opened or joined the incident."""
    return any(
        isinstance(logged, IncidentOpened | AlarmJoined)
        and logged.alarm.arn == event.arn
        and logged.alarm.fired_at == event.at
        for logged in history
    )


def has_recovered(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether this very recovery is recorded."""
    return any(
        isinstance(logged, AlarmRecovered)
        and logged.alarm_name == event.detail.alarm_name
        and logged.recovered_at == event.at
        for logged in history
    )


def at_event_limit(history: Sequence[IncidentEvent], event: AlarmEvent) -> bool:
    """Return whether the log has MAX_EVENTS_PER_ALARM of this alarm: it flaps."""
    if event.detail.state.value == "OK":
        name = event.detail.alarm_name
        recoveries = [e for e in history if isinstance(e, AlarmRecovered) and e.alarm_name == name]
        return len(recoveries) >= MAX_EVENTS_PER_ALARM
    return sum(alarm.arn == event.arn for alarm in alarms_of(history)) >= MAX_EVENTS_PER_ALARM


def alarms_of(history: Sequence[IncidentEvent]) -> tuple[Alarm, ...]:
    """Return the incident's alarms, oldest first."""
    return tuple(e.alarm for e in history if isinstance(e, IncidentOpened | AlarmJoined))
