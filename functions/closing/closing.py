"""The end of an incident: somebody proposes an outcome, the books have to bear it out.

Closing alone writes how incidents ended. Others ask it to, and whoever asks, what is not on record
is no outcome: then a person looks at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from pydantic import Field

from functions.closing.proof import Books, missing
from functions.shared.domain.books import AlarmEnding, Ending
from functions.shared.domain.constants import ESCALATION_LEVEL
from functions.shared.domain.events import IncidentClosed, IncidentEvent, Outcome
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.incident import Incident, replay
from functions.shared.domain.model import IncidentId, Record
from functions.shared.domain.open_keys import own_keys
from functions.shared.domain.requests import read
from functions.shared.ports import ApprovalBook, Clock, ClosingBook, OpeningBook, Operations
from functions.shared.recording import Header, Recorder

A_PERSONS_NOW: Final = frozenset({"escalated", "undone", "unverified"})


class Request(Record):
    """What is proposed; `reason` is a short code."""

    incident_id: IncidentId
    outcome: Outcome
    reason: str = Field(min_length=1, max_length=200)


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
        Raises InvalidInputError (request) and InvalidHistoryError (no such incident, or a forged
        log).
        """
        request = read(Request, event)
        incident = replay(self.recorder.store.load(request.incident_id))
        outcome, reason = self._judged(incident, request)
        ending = self._ended(incident, outcome)
        self._tell(ending, reason)
        self._give_back(incident, ending)
        return {"outcome": ending.outcome}

    def _judged(self, incident: Incident, request: Request) -> tuple[Outcome, str]:
        lacking = missing(self.books.record(incident), request.outcome)
        if lacking:
            return "escalated", f"{request.outcome} is not on record: {lacking}"
        taken = self.approvals.taken_over(incident.incident_id)
        if request.outcome == "escalated" and taken is not None:
            return "escalated", f"{taken.by} has taken it over"
        return request.outcome, request.reason

    def _ended(self, incident: Incident, outcome: Outcome) -> Ending:
        """Keep the end, unless there is one; return what is kept.

        An incident that an earlier version closed keeps the outcome that its log tells.
        """
        opening = self.openings.find(incident.incident_id)
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

    def _give_back(self, incident: Incident, ending: Ending) -> None:
        """Remember the end of every alarm, and then free the keys that a new one would take."""
        alarms = self._alarms(incident)
        for arn in sorted({alarm.arn for alarm in alarms}):
            self.closings.remember(
                AlarmEnding(alarm=arn, incident_id=ending.incident_id, ended_at=ending.ended_at)
            )
        self.operations.release(incident.incident_id, own_keys(alarms))

    def _alarms(self, incident: Incident) -> tuple[Alarm, ...]:
        """Return the alarms by intake's record, or by the log of one of before it."""
        opening = self.openings.find(incident.incident_id)
        if opening is not None:
            return opening.alarms
        return (incident.opened.alarm, *(joined.alarm for joined in incident.joined))
