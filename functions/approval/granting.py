"""A person's grant: signed by this function's own key, bound to everything the person was shown."""

from dataclasses import dataclass

from functions.approval.identity import Said
from functions.approval.inputs import Inputs
from functions.approval.records import record_given
from quorum.application.recorder import Recorder
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.errors import RefusedError
from quorum.domain.events import DecisionMade
from quorum.domain.evidence import Candidate
from quorum.domain.grants import grant, people_needed
from quorum.domain.signed import seal
from quorum.ports.approvals import ApprovalBook
from quorum.ports.voting import Signer


@dataclass(frozen=True, slots=True)
class Granting:
    """Takes grants until there are enough."""

    recorder: Recorder
    inputs: Inputs
    book: ApprovalBook
    signer: Signer

    def grant(self, asked: Approval, said: Said, action: str | None) -> int:
        """Add the person's grant; return how many more people have to grant it.

        `action` is another candidate than was asked about. Raises RefusedError (decided anew,
        answered, or another action was granted) and InvalidInputError (no candidate).
        """
        decision = self.inputs.decision(self.recorder.store.load(asked.incident_id))
        if approval_id(decision) != asked.approval_id:
            raise RefusedError("it was decided anew since this was asked")
        candidate = self.inputs.candidate(decision, action or asked.chosen or asked.action)
        stands = self._added(decision, asked, candidate, said)
        missing = max(0, people_needed(candidate) - len(stands.people))
        if missing:
            record_given(self.recorder, stands, said, missing)
        return missing

    def _added(
        self, decision: DecisionMade, asked: Approval, candidate: Candidate, said: Said
    ) -> Approval:
        """Sign and add it; a person who granted this before adds nothing."""
        person = said.person.id
        if person in asked.people:
            if asked.chosen != candidate.id:
                raise RefusedError(f"granted before, for {asked.chosen}")
            return asked
        given = grant(decision, candidate, person, int(asked.expires_at))
        text = seal(given, self.signer.sign(given.message()))
        return self.book.grant(asked.approval_id, person, candidate.id, text)
