"""A person's grant: signed by this function, bound to everything shown to the person."""

from dataclasses import dataclass

from functions.approval.approval_events import record_grant
from functions.approval.authentication import AuthenticatedCaller
from functions.approval.trusted_records import TrustedRecords
from quorum.application.recorder import Recorder
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.errors import RefusedError
from quorum.domain.events import DecisionMade
from quorum.domain.evidence import Candidate
from quorum.domain.grants import grant, people_needed
from quorum.domain.signed import signed_text
from quorum.ports.approvals import ApprovalStore
from quorum.ports.voting import Signer


@dataclass(frozen=True, slots=True)
class GrantCollector:
    """Adds grants until there are enough."""

    recorder: Recorder
    records: TrustedRecords
    book: ApprovalStore
    signer: Signer

    def grant(self, approval: Approval, caller: AuthenticatedCaller, action: str | None) -> int:
        """Add the person's grant; return the number of approvers still missing.

        `action` names another candidate than the requested one. Raises RefusedError (newer
        decision, answered, or another action granted) and InvalidInputError (unknown candidate).
        """
        decision = self.records.decision(self.recorder.store.load(approval.incident_id))
        if approval_id(decision) != approval.approval_id:
            raise RefusedError("a newer decision replaces this approval request")
        candidate = self.records.candidate(decision, action or approval.chosen or approval.action)
        updated = self._add_grant(decision, approval, candidate, caller)
        missing = max(0, people_needed(candidate) - len(updated.people))
        if missing:
            record_grant(self.recorder, updated, caller, missing)
        return missing

    def _add_grant(
        self,
        decision: DecisionMade,
        approval: Approval,
        candidate: Candidate,
        caller: AuthenticatedCaller,
    ) -> Approval:
        """Sign and add the grant; a repeated grant by the same person changes nothing."""
        person = caller.person.id
        if person in approval.people:
            if approval.chosen != candidate.id:
                raise RefusedError(f"already granted, for {approval.chosen}")
            return approval
        statement = grant(decision, candidate, person, int(approval.expires_at))
        text = signed_text(statement, self.signer.sign(statement.message()))
        return self.book.grant(approval.approval_id, person, candidate.id, text)
