"""Checks of an approval: people's grants, signed for exactly this action."""

from functions.executor.dependencies import ExecutorDependencies
from functions.executor.refusal import RefusalError
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.events import DecisionMade
from quorum.domain.evidence import Candidate
from quorum.domain.grants import APPROVER, Grant, normalised_name, people_needed
from quorum.domain.signed import Rejected, read_signed


def granted_approval(
    deps: ExecutorDependencies, decision: DecisionMade, wanted_id: str | None
) -> Approval | None:
    """Return the granted approval of this decision, or None if `wanted_id` is None.

    Raises RefusalError if it is for another decision, not granted, or expired.
    """
    if wanted_id is None:
        return None
    approval = deps.approvals.find(wanted_id)
    if approval is None or wanted_id != approval_id(decision):
        raise RefusalError("approval", "the approval is for another decision")
    if (approval.incident_id, approval.action) != (decision.incident_id, decision.action):
        raise RefusalError("approval", "the approval is for another action")
    if approval.state != "granted":
        raise RefusalError("approval", f"the approval is {approval.state}")
    if approval.expires_at <= deps.now().timestamp():
        raise RefusalError("approval", "the approval has expired")
    denied = [a.by for a in deps.approvals.of_incident(decision.incident_id) if a.is_denied]
    if denied:
        raise RefusalError("approval", f"{denied[0]} denied a request of the incident")
    return approval


def check_grants(
    deps: ExecutorDependencies, decision: DecisionMade, candidate: Candidate, approval: Approval
) -> None:
    """Raise RefusalError unless enough different people granted exactly this candidate in time."""
    people = {_granting_person(deps, decision, candidate, text) for text in approval.grants}
    needed = people_needed(candidate)
    if len(people) < needed:
        raise RefusalError("approval", f"{len(people)} of {needed} required approvers granted it")


def _granting_person(
    deps: ExecutorDependencies, decision: DecisionMade, candidate: Candidate, text: str
) -> str:
    """Return the person who signed the grant. Raises RefusalError if the grant is invalid."""
    sealed = read_signed(text, Grant)
    if isinstance(sealed, Rejected):
        raise RefusalError("approval", f"invalid grant: {sealed.reason}")
    grant = sealed.statement
    objection = deps.verifier.objection(APPROVER, grant.message(), sealed.signature)
    if objection:
        raise RefusalError("approval", f"invalid grant: {objection}")
    if not grant.binds(decision, candidate):
        raise RefusalError("approval", "a grant is for another action")
    if grant.exp <= deps.now().timestamp():
        raise RefusalError("approval", "a grant has expired")
    return normalised_name(grant.person)
