"""The end of an incident: somebody proposes an outcome, the books have to bear it out.

Closing alone writes how incidents ended. Others ask it to, and whoever asks, what is not on record
is no outcome: then a person looks at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from functions.closing.proof import Books, missing
from quorum.application.recorder import Header, Recorder
from quorum.application.requests import parse_command
from quorum.domain.commands import CloseIncident
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.events import IncidentClosed, IncidentEvent, Outcome
from quorum.domain.evidence import Alarm
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import AlarmEnding, Ending, Opening
from quorum.domain.open_keys import own_keys
from quorum.ports.approvals import ApprovalBook
from quorum.ports.clock import Clock
from quorum.ports.execution import Operations
from quorum.ports.log import ClosingBook, OpeningBook

A_PERSONS_NOW: Final = frozenset({"escalated", "undone", "unverified"})


class Answer(TypedDict):
    """How the incident ended."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Closes incidents, each once."""

    recorder: Recorder
    books: Books
    openings: OpeningBook
    closings: ClosingBook
    approvals: ApprovalBook
    operations: Operations
    now: Clock

    def end(self, event: Mapping[str, Any]) -> Answer:
        """Close the incident and release what it holds; repeating it changes nothing.

        The end is kept in the book before the log tells of it, and the keys are given back last.
        An incident whose log contradicts itself is ended too, as escalated. Raises
        InvalidInputError (request) and InvalidHistoryError (no such incident).
        """
        request = parse_command(CloseIncident, event)
        opening = self.openings.find(request.incident_id)
        try:
            incident = replay(self.recorder.store.load(request.incident_id))
        except InvalidHistoryError:
            if opening is None:
                raise
            return self._end_untold(opening)
        outcome, reason = self._judged(incident, request)
        ending = self._ended(incident, opening, outcome)
        self._tell(ending, reason)
        self._give_back(_alarms(incident, opening), ending)
        return {"outcome": ending.outcome}

    def _end_untold(self, opening: Opening) -> Answer:
        """End as escalated what intake opened, and whose log can no longer be added to."""
        incident_id, at = opening.incident_id, self.now().timestamp()
        escalated = Ending(incident_id=incident_id, outcome="escalated", ended_at=at)
        ending = self.closings.put(escalated)
        self._give_back(opening.alarms, ending)
        return {"outcome": ending.outcome}

    def _judged(self, incident: Incident, request: CloseIncident) -> tuple[Outcome, str]:
        lacking = missing(self.books.record(incident), request.outcome)
        if lacking:
            return "escalated", f"{request.outcome} is not on record: {lacking}"
        taken = self.approvals.taken_over(incident.incident_id)
        if request.outcome == "escalated" and taken is not None:
            return "escalated", f"{taken.by} has taken it over"
        return request.outcome, request.reason

    def _ended(self, incident: Incident, opening: Opening | None, outcome: Outcome) -> Ending:
        """Keep the end, unless there is one; return what is kept.

        An incident that an earlier version closed keeps the outcome that its log tells.
        """
        before = incident.closed if opening is None else None
        at = before.occurred_at if before else self.now()
        return self.closings.put(
            Ending(
                incident_id=incident.incident_id,
                outcome=before.outcome if before else outcome,
                ended_at=at.timestamp(),
            )
        )

    def _tell(self, ending: Ending, reason: str) -> None:
        """Append IncidentClosed unless the log tells of this very end."""
        level = ESCALATION_LEVEL if ending.outcome in A_PERSONS_NOW else None
        said = {"outcome": ending.outcome, "reason": reason, "level": level}

        def build(header: Header, history: Sequence[IncidentEvent]) -> IncidentClosed | None:
            newest = replay(history).closed
            told = newest is not None and newest.outcome == ending.outcome
            return None if told else IncidentClosed.model_validate({**header, **said})

        self.recorder.record(ending.incident_id, build)

    def _give_back(self, alarms: tuple[Alarm, ...], ending: Ending) -> None:
        """Remember the end of every alarm, and then free the keys that a new one would take."""
        for arn in sorted({alarm.arn for alarm in alarms}):
            self.closings.remember(
                AlarmEnding(alarm=arn, incident_id=ending.incident_id, ended_at=ending.ended_at)
            )
        self.operations.release(ending.incident_id, own_keys(alarms))


def _alarms(incident: Incident, opening: Opening | None) -> tuple[Alarm, ...]:
    """Return the alarms by intake's record, or by the log of one of before it."""
    if opening is not None:
        return opening.alarms
    return (incident.opened.alarm, *(joined.alarm for joined in incident.joined))
