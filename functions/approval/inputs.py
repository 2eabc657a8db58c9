"""What is believed here, and where it is read: stores that one function each can write.

The log tells people the same. Where it says something else, nothing is granted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from quorum.domain.catalogue import has_former_id, id_matches_parameters
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import BaseEvent, DecisionMade, IncidentEvent
from quorum.domain.evidence import Candidate, require_round
from quorum.ports.execution import ExecutionLedger
from quorum.ports.log import ClosingBook, EvidenceStore
from quorum.ports.voting import DecisionBook


@dataclass(frozen=True, slots=True)
class Inputs:
    """Decisions are consensus' book, candidates the bundle's, ends closing's, deeds the executor's.

    Every call may raise StoreUnavailableError.
    """

    decisions: DecisionBook
    evidence: EvidenceStore
    closings: ClosingBook
    executions: ExecutionLedger

    def decision(self, history: Sequence[IncidentEvent]) -> DecisionMade:
        """Return the newest decision that the book holds as the log tells it.

        Raises RefusedError when there is none: a decision that only the log knows is nobody's.
        """
        told = [fact for fact in history if isinstance(fact, DecisionMade)]
        for fact in reversed(told):
            if self._decided(fact):
                return fact
        said = "the book and the log disagree on what was decided" if told else "nothing is decided"
        raise RefusedError(said)

    def _decided(self, fact: DecisionMade) -> bool:
        book = self.decisions.find(fact.incident_id, fact.round)
        if book is None:
            return False
        header = fact.model_dump(include={*BaseEvent.model_fields})
        try:
            return DecisionMade.model_validate({**header, **book.decision}) == fact
        except ValidationError:
            return False

    def candidate(self, decision: DecisionMade, action: str) -> Candidate:
        """Return the candidate of the evidence that the decision names, by its digest.

        Raises InvalidInputError for another action, RefusedError when the candidate's id is not
        that of what it would do, and InvalidHistoryError when the evidence is not what was frozen,
        or another incident's or round's.
        """
        frozen = self.evidence.get_bundle(decision.evidence)
        bundle = require_round(frozen, decision.incident_id, decision.round)
        found = next((one for one in bundle.candidates if one.id == action), None)
        if found is None:
            raise InvalidInputError(f"action: {action} is not among the candidates")
        if not (id_matches_parameters(found) or has_former_id(found)):
            raise RefusedError(f"{action} is not the id of what it would do")
        return found

    def closed(self, incident_id: str) -> bool:
        """Return whether the incident has ended."""
        return self.closings.find(incident_id) is not None

    def done(self, incident_id: str) -> str:
        """Return the action that the executor has done. Raises RefusedError: none, or undone."""
        act = self.executions.find(incident_id, "act")
        if act is None or act.state != "done":
            raise RefusedError("nothing was done that could be undone")
        undo = self.executions.find(incident_id, "undo")
        if undo is not None and undo.state == "done":
            raise RefusedError("it is undone already")
        return act.action
