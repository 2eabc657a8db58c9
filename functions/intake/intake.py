"""Intake: from one queue message to a placed alarm, an attached recovery or a rejection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from functions.intake.alarm_event import AlarmEvent, parse
from functions.intake.confirmation import Confirmation
from functions.intake.correlation import (
    Correlator,
    PlacementVerdict,
    alarms_of,
    at_event_limit,
    has_fired,
    has_recovered,
)
from functions.intake.gate import Gate, RejectReason
from quorum.application.recorder import Header, Recorder
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import AlarmRecovered, IncidentEvent
from quorum.ports.execution import Operations, Transition
from quorum.ports.messaging import DeadLetters
from quorum.ports.telemetry import AlarmDescription

IntakeVerdict = (
    RejectReason
    | PlacementVerdict
    | Literal["recovered", "stray_recovery", "unreadable", "refused"]
)
MAX_CHARACTERS: Final = 40_000
"""Of a dead-lettered message: it fits a queue message in any encoding."""
MAX_REASON: Final = 500


class IntakeResult(NamedTuple):
    """The verdict on the message, and its incident if it has one."""

    verdict: IntakeVerdict
    incident_id: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Handles messages of the alarm queue."""

    gate: Gate
    confirmation: Confirmation
    correlator: Correlator
    recorder: Recorder
    operations: Operations
    dead_letters: DeadLetters

    def handle(self, body: str) -> IntakeResult:
        """Handle one message. An error makes the queue deliver it again."""
        try:
            event = parse(body)
            rejected = self.gate.reject_reason(event)
            if rejected is not None:
                return IntakeResult(rejected)
            seen = self.operations.transition(event.source)
            description = self.confirmation.describe(event)
        except InvalidInputError as error:
            return self._dead_letter(body, error, "unreadable")
        except RefusedError as error:
            return self._dead_letter(body, error, "refused")
        return self._handle_confirmed(event, description, seen)

    def _handle_confirmed(
        self, event: AlarmEvent, description: AlarmDescription, seen: Transition | None
    ) -> IntakeResult:
        """Handle a message that CloudWatch confirms; `seen` may not be confirmed."""
        implausible = self.confirmation.implausible(event, seen, description)
        before = seen if implausible is None else None
        if before is not None and before.at > event.at:
            return self._handle_late(event)
        if event.detail.state.value == "OK":
            return self._attach_recovery(event, before, implausible)
        if before is not None and before.at == event.at:
            history = self.recorder.store.load(before.incident_id)
            if has_fired(history, event):
                return IntakeResult(*self.correlator.resume(before.incident_id, history))
        return IntakeResult(*self.correlator.place(event, description, implausible))

    def _handle_late(self, event: AlarmEvent) -> IntakeResult:
        """Handle a change older than the latest: only a missing start is made up."""
        history = self.recorder.store.load(event.incident_id)
        if not history:
            return IntakeResult("older", event.incident_id)
        return IntakeResult(*self.correlator.resume(event.incident_id, history))

    def _attach_recovery(
        self, event: AlarmEvent, seen: Transition | None, implausible: datetime | None
    ) -> IntakeResult:
        """Record the recovery in the open incident that took the alarm's last change."""
        incident_id = seen.incident_id if seen else event.incident_id
        if self.operations.record_transition(event.source, event.at, incident_id, implausible):
            return IntakeResult("older", incident_id)

        def build(header: Header, history: Sequence[IncidentEvent]) -> AlarmRecovered | None:
            if self.correlator.ended.has(incident_id, history) or has_recovered(history, event):
                return None
            if at_event_limit(history, event):
                return None
            if event.arn not in {alarm.arn for alarm in alarms_of(history)}:
                return None
            fields = {"alarm_name": event.detail.alarm_name, "recovered_at": event.at}
            return AlarmRecovered.model_validate({**header, **fields})

        recorded = self.recorder.record(incident_id, build)
        if recorded.event:
            return IntakeResult("recovered", incident_id)
        closed = self.correlator.ended.has(incident_id, recorded.history)
        return IntakeResult(
            _unrecorded_verdict(recorded.history, event, closed=closed), incident_id
        )

    def _dead_letter(
        self, body: str, error: Exception, verdict: Literal["unreadable", "refused"]
    ) -> IntakeResult:
        self.dead_letters.put({"body": body[:MAX_CHARACTERS]}, str(error)[:MAX_REASON])
        return IntakeResult(verdict)


def _unrecorded_verdict(
    history: Sequence[IncidentEvent], event: AlarmEvent, *, closed: bool
) -> Literal["repeat", "flaps", "stray_recovery"]:
    """Return the verdict on a recovery that was not recorded."""
    if has_recovered(history, event):
        return "repeat"
    flaps = at_event_limit(history, event) and not closed
    return "flaps" if flaps else "stray_recovery"
