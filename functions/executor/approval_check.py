"""What authorises an action beside a quorum: people's grants, signed for exactly this action."""

from functions.executor.dependencies import Dependencies
from functions.executor.refusal import RefusalError
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.events import DecisionMade
from quorum.domain.evidence import Candidate
from quorum.domain.grants import APPROVER, Grant, normalised_name, people_needed
from quorum.domain.signed import Rejected, unseal


def approval(tools: Dependencies, decision: DecisionMade, wanted: str | None) -> Approval | None:
    """Return the granted approval of this decision; None where none is claimed.

    Raises RefusalError when it is another decision's, not granted, or expired.
    """
    if wanted is None:
        return None
    found = tools.approvals.find(wanted)
    if found is None or wanted != approval_id(decision):
        raise RefusalError("approval", "it was asked about another decision")
    if (found.incident_id, found.action) != (decision.incident_id, decision.action):
        raise RefusalError("approval", "it was asked about another action")
    if found.state != "granted":
        raise RefusalError("approval", f"it is {found.state}")
    if found.expires_at <= tools.now().timestamp():
        raise RefusalError("approval", "it has expired")
    return found


def check_grants(
    tools: Dependencies, decision: DecisionMade, candidate: Candidate, found: Approval
) -> None:
    """Raise RefusalError unless enough different people granted exactly this, in time."""
    people = {_person(tools, decision, candidate, text) for text in found.grants}
    needed = people_needed(candidate)
    if len(people) < needed:
        raise RefusalError("approval", f"{len(people)} of {needed} people granted it")


def _person(tools: Dependencies, decision: DecisionMade, candidate: Candidate, text: str) -> str:
    """Return who granted it. Raises RefusalError for a grant that does not hold."""
    sealed = unseal(text, Grant)
    if isinstance(sealed, Rejected):
        raise RefusalError("approval", f"a grant does not hold: {sealed.reason}")
    said = sealed.says
    why = tools.verifier.objection(APPROVER, said.message(), sealed.signature)
    if why:
        raise RefusalError("approval", f"a grant does not hold: {why}")
    if not said.binds(decision, candidate):
        raise RefusalError("approval", "a grant is about something else")
    if said.exp <= tools.now().timestamp():
        raise RefusalError("approval", "a grant has expired")
    return normalised_name(said.person)
