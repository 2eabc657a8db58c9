"""Records that approvals rely on: stores that one function each can write.

The event log repeats them for people. If it disagrees, nothing is granted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from quorum.domain.catalogue import has_former_id, id_matches_parameters
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import BaseEvent, DecisionMade, IncidentEvent
from quorum.domain.evidence import Candidate, require_round
from quorum.ports.execution import ExecutionLedger
from quorum.ports.log import ClosingStore, EvidenceStore
from quorum.ports.voting import DecisionStore


@dataclass(frozen=True, slots=True)
class TrustedRecords:
    """Decisions of consensus, candidates of the bundle, ends of closing, actions of the executor.

    Every call may raise StoreUnavailableError.
    """

    decisions: DecisionStore
    evidence: EvidenceStore
    closings: ClosingStore
    executions: ExecutionLedger

    def decision(self, history: Sequence[IncidentEvent]) -> DecisionMade:
        """Return the newest logged decision that the decision table confirms.

        Raises RefusedError if there is none: a decision that only the log holds does not count.
        """
        logged = [event for event in history if isinstance(event, DecisionMade)]
        for event in reversed(logged):
            if self._is_stored(event):
                return event
        reason = (
            "the decision record and the event log disagree"
            if logged
            else "no action has been decided"
        )
        raise RefusedError(reason)

    def _is_stored(self, event: DecisionMade) -> bool:
        stored = self.decisions.find(event.incident_id, event.round)
        if stored is None:
            return False
        header = event.model_dump(include={*BaseEvent.model_fields})
        try:
            return DecisionMade.model_validate({**header, **stored.decision}) == event
        except ValidationError:
            return False

    def candidate(self, decision: DecisionMade, action: str) -> Candidate:
        """Return the decision's candidate from the bundle that it names by digest.

        Raises InvalidInputError for another action, RefusedError if the candidate's id does not
        match its parameters, and InvalidHistoryError if the evidence was changed, or is of another
        incident or round.
        """
        frozen = self.evidence.get_bundle(decision.evidence)
        bundle = require_round(frozen, decision.incident_id, decision.round)
        candidate = next((c for c in bundle.candidates if c.id == action), None)
        if candidate is None:
            raise InvalidInputError(f"action: {action} is not among the candidates")
        if not (id_matches_parameters(candidate) or has_former_id(candidate)):
            raise RefusedError(f"{action} does not match the digest of its parameters")
        return candidate

    def is_closed(self, incident_id: str) -> bool:
        """Return whether the incident has ended."""
        return self.closings.find(incident_id) is not None

    def is_decided(self, incident_id: str, round_: int) -> bool:
        """Return whether the round is decided."""
        return self.decisions.find(incident_id, round_) is not None

    def last_round_acted(self, incident_id: str) -> int:
        """Return the round of the newest action, which voids all up to it; 0 without one."""
        return max((pair.act.round for pair in self.executions.actions(incident_id)), default=0)

    def completed_action(self, incident_id: str) -> str:
        """Return the newest action in force. Raises RefusedError if there is none."""
        pairs = self.executions.actions(incident_id)
        in_force = [pair.act.action for pair in pairs if pair.is_in_force]
        if in_force:
            return in_force[-1]
        if any(pair.is_undone for pair in pairs):
            raise RefusedError("the action is already undone")
        raise RefusedError("there is no action to undo")
