"""A person's grant: signed by this function's own key, bound to everything the person was shown."""

from dataclasses import dataclass

from functions.approval.records import record_given
from functions.approval.request import Answer
from functions.shared.domain.approvals import approval_id
from functions.shared.domain.errors import InvalidInputError, RefusedError
from functions.shared.domain.events import DecisionMade
from functions.shared.domain.evidence import Candidate
from functions.shared.domain.grants import grant, people_needed, same_person
from functions.shared.domain.incident import Incident
from functions.shared.domain.sealed import seal
from functions.shared.ports import Approval, ApprovalBook, Signer
from functions.shared.recording import Recorder


@dataclass(frozen=True, slots=True)
class Granting:
    """Takes grants until there are enough."""

    recorder: Recorder
    book: ApprovalBook
    signer: Signer

    def grant(self, incident: Incident, asked: Approval, answer: Answer) -> int:
        """Add the person's grant; return how many more people have to grant it.

        Raises RefusedError (decided anew, answered, or another action was granted) and
        InvalidInputError (an action that is no candidate).
        """
        decision = incident.decision
        if decision is None or approval_id(decision) != asked.approval_id:
            raise RefusedError("it was decided anew since this was asked")
        candidate = frozen_candidate(incident, answer.action or asked.chosen or asked.action)
        stands = self._added(decision, asked, candidate, answer)
        missing = max(0, people_needed(candidate) - len(stands.people))
        if missing:
            record_given(self.recorder, stands, answer, missing)
        return missing

    def _added(
        self, decision: DecisionMade, asked: Approval, candidate: Candidate, answer: Answer
    ) -> Approval:
        """Sign and add it; a person who granted this before adds nothing."""
        person = same_person(answer.by)
        if person in asked.people:
            if asked.chosen != candidate.id:
                raise RefusedError(f"granted before, for {asked.chosen}")
            return asked
        said = grant(decision, candidate, answer.by, int(asked.expires_at))
        text = seal(said, self.signer.sign(said.message()))
        return self.book.grant(asked.approval_id, person, candidate.id, text)


def frozen_candidate(incident: Incident, action: str) -> Candidate:
    """Return the candidate that the evidence names. Raises InvalidInputError for another action."""
    candidates = incident.evidence.candidates if incident.evidence else ()
    for candidate in candidates:
        if candidate.id == action:
            return candidate
    raise InvalidInputError(f"action: {action} is not among the candidates")
