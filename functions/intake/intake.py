"""From one queue message to a verdict: placed, attached as a recovery, or turned away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from functions.intake.alarm_event import AlarmEvent, parse
from functions.intake.confirmation import Confirmation
from functions.intake.correlation import Correlator, alarms_of, has_fired, has_recovered, is_noted
from functions.intake.correlation import Verdict as PlacingVerdict
from functions.intake.gate import Gate, Turned
from quorum.application.recorder import Header, Recorder
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import AlarmRecovered, IncidentEvent
from quorum.ports.execution import Operations, Transition
from quorum.ports.messaging import DeadLetters
from quorum.ports.telemetry import AlarmDescription

Verdict = Turned | PlacingVerdict | Literal["recovered", "stray_recovery", "unreadable", "refused"]
KEPT_CHARACTERS: Final = 40_000
"""Of a message that nobody understands: it fits a queue message, whatever its letters."""
KEPT_REASON: Final = 500


class Taken(NamedTuple):
    """What became of the message, and the incident that it is about, if it got so far."""

    verdict: Verdict
    incident_id: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes messages of the alarm queue."""

    gate: Gate
    confirming: Confirmation
    placing: Correlator
    recorder: Recorder
    operations: Operations
    dead_letters: DeadLetters

    def take(self, body: str) -> Taken:
        """Handle one message. What it raises is for the queue to deliver again."""
        try:
            event = parse(body)
            turned = self.gate.turn_away(event)
            if turned is not None:
                return Taken(turned)
            seen = self.operations.transition(event.arn)
            known = self.confirming.describe(event)
        except InvalidInputError as error:
            return self._bury(body, error, "unreadable")
        except RefusedError as error:
            return self._bury(body, error, "refused")
        return self._enter(event, known, seen)

    def _enter(self, event: AlarmEvent, known: AlarmDescription, seen: Transition | None) -> Taken:
        """Handle a message that CloudWatch bears out, and so may what was seen before it."""
        implausible = self.confirming.implausible(seen, known)
        before = seen if implausible is None else None
        if before is not None and before.at > event.at:
            return self._late(event)
        if event.detail.state.value == "OK":
            return self._recover(event, before, implausible)
        if before is not None and before.at == event.at:
            history = self.recorder.store.load(before.incident_id)
            if has_fired(history, event):
                return Taken(*self.placing.again(before.incident_id, history))
        return Taken(*self.placing.place(event, known, implausible))

    def _late(self, event: AlarmEvent) -> Taken:
        """A newer transition was handled: this one changes nothing, but a lost start is made up."""
        history = self.recorder.store.load(event.incident_id)
        if not history:
            return Taken("older", event.incident_id)
        return Taken(*self.placing.again(event.incident_id, history))

    def _recover(
        self, event: AlarmEvent, seen: Transition | None, implausible: datetime | None
    ) -> Taken:
        """Attach the recovery to the open incident that took the alarm's last transition."""
        incident_id = seen.incident_id if seen else event.incident_id
        if self.operations.record_transition(event.arn, event.at, incident_id, implausible):
            return Taken("older", incident_id)

        def build(header: Header, history: Sequence[IncidentEvent]) -> AlarmRecovered | None:
            if self.placing.ended.has(incident_id, history) or has_recovered(history, event):
                return None
            if is_noted(history, event):
                return None
            if event.arn not in {alarm.arn for alarm in alarms_of(history)}:
                return None
            fact = {"alarm_name": event.detail.alarm_name, "recovered_at": event.at}
            return AlarmRecovered.model_validate({**header, **fact})

        recorded = self.recorder.record(incident_id, build)
        if recorded.event:
            return Taken("recovered", incident_id)
        closed = self.placing.ended.has(incident_id, recorded.history)
        return Taken(_unrecorded(recorded.history, event, closed=closed), incident_id)

    def _bury(
        self, body: str, error: Exception, verdict: Literal["unreadable", "refused"]
    ) -> Taken:
        self.dead_letters.put({"body": body[:KEPT_CHARACTERS]}, str(error)[:KEPT_REASON])
        return Taken(verdict)


def _unrecorded(
    history: Sequence[IncidentEvent], event: AlarmEvent, *, closed: bool
) -> Literal["repeat", "flaps", "stray_recovery"]:
    """Return why a recovery became no fact."""
    if has_recovered(history, event):
        return "repeat"
    flaps = is_noted(history, event) and not closed
    return "flaps" if flaps else "stray_recovery"
