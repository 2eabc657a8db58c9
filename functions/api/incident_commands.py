"""Commands on one incident: answer an approval request, take over, undo.

Each is sent to the one function that may carry it out, and is idempotent: a person has one answer
per approval request, an incident is taken over once, an action is undone once.
"""

from typing import Literal

from functions.api.callers import Caller
from functions.api.dependencies import ApiDependencies
from functions.api.incidents import history
from functions.api.problems import ProblemError, forbidden, not_found
from functions.api.requests import ApprovalAnswer, ApproveAlternative, Reason
from functions.api.schemas import WriteResult
from quorum.domain.commands import AnswerApproval, Execute, OrderUndo, TakeOver
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.identity_proofs import TokenProof
from quorum.narrative import instant


def permitted(caller: Caller) -> Caller:
    """Return the caller. Raises ProblemError (403) unless their role allows writes."""
    if not caller.person.has(ESCALATION_LEVEL):
        raise forbidden(f"{caller.person.id} does not have the role {ESCALATION_LEVEL}.")
    return caller


def answer(
    deps: ApiDependencies,
    caller: Caller,
    incident_id: str,
    body: ApprovalAnswer | ApproveAlternative,
    answered: Literal["granted", "denied"],
) -> WriteResult:
    """Answer an approval request. Raises ProblemError: 403, 404, 409 (refused), 410 (expired)."""
    _check_pending(deps, incident_id, body.approval_id)
    command = AnswerApproval(
        approval_id=body.approval_id,
        answer=answered,
        proof=_proof(caller),
        reason=body.reason,
        action=body.action if isinstance(body, ApproveAlternative) else None,
    )
    result = deps.functions.ask(deps.approval, command.payload())
    if result.get("answer") == "waiting":
        missing = result.get("missing")
        approvers = "approver" if missing == 1 else "approvers"
        return WriteResult(done=f"Approved. {missing} more {approvers} required.")
    return WriteResult(done="Approved." if answered == "granted" else "Denied.")


def take_over(deps: ApiDependencies, caller: Caller, incident_id: str, body: Reason) -> WriteResult:
    """Assign the incident to the caller, pausing automation.

    Raises ProblemError: 403, 404, 409 (closed, or owned by another person).
    """
    permitted(caller)
    history(deps, incident_id)
    command = TakeOver(incident_id=incident_id, proof=_proof(caller), reason=body.reason)
    deps.functions.ask(deps.approval, command.payload())
    return WriteResult(done="You own this incident. Automation is paused for it.")


def undo(deps: ApiDependencies, caller: Caller, incident_id: str, body: Reason) -> WriteResult:
    """Undo the executed action.

    Raises ProblemError: 403, 404, 409 (refused, or the resource has changed since).
    """
    permitted(caller)
    history(deps, incident_id)
    order = OrderUndo(incident_id=incident_id, proof=_proof(caller), reason=body.reason)
    signed = deps.functions.ask(deps.approval, order.payload())
    execution = Execute(operation="undo", incident_id=incident_id, round=signed["round"])
    result = deps.functions.ask(deps.executor, execution.payload()).get("result")
    if result != "undone":
        refused = history(deps, incident_id)[1].undo_refused
        raise ProblemError(409, "refused", refused.reason if refused else "Not undone.")
    return WriteResult(done="Undone.")


def _check_pending(deps: ApiDependencies, incident_id: str, approval_id: str) -> None:
    """Raise ProblemError unless the approval request is this incident's newest and not expired."""
    asked = history(deps, incident_id)[1].approval
    if asked is None or asked.approval_id != approval_id:
        raise not_found("Approval request not found in this incident, or replaced by a newer one.")
    if asked.expires_at <= deps.now():
        reason = f"The approval request expired at {instant(asked.expires_at)}."
        raise ProblemError(410, "expired", reason)


def _proof(caller: Caller) -> TokenProof:
    """Return the proof of identity, the only one: the IP address is in the gateway's log."""
    return TokenProof(token=caller.token)
