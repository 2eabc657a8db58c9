"""What people write: answers, stepping in. Each goes to the one function that may do it.

All of it may be sent again: an answer is the person's one answer to one question, an incident is
taken over once, an action is undone once. What is refused says why.
"""

from typing import Literal

from functions.api.callers import Known
from functions.api.dependencies import Tools
from functions.api.incidents import history
from functions.api.problems import ProblemError, forbidden, not_found
from functions.api.requests import Answering, Changing, Reason
from functions.api.shapes import Written
from quorum.domain.commands import AnswerApproval, Execute, OrderUndo, TakeOver
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.identity_proofs import TokenProof


def permitted(known: Known) -> Known:
    """Return the caller. Raises ProblemError (403) unless their role may change anything."""
    if not known.person.has(ESCALATION_LEVEL):
        raise forbidden(f"{known.person.id} has no role {ESCALATION_LEVEL}")
    return known


def answer(
    tools: Tools,
    known: Known,
    incident_id: str,
    said: Answering | Changing,
    answered: Literal["granted", "denied"],
) -> Written:
    """Answer a question. Raises ProblemError: 403, 404, 409 (refused) or 410 (expired)."""
    _mine(tools, incident_id, said.approval_id)
    command = AnswerApproval(
        approval_id=said.approval_id,
        answer=answered,
        proof=_proof(known),
        reason=said.reason,
        action=said.action if isinstance(said, Changing) else None,
    )
    result = tools.functions.ask(tools.approval, command.payload())
    if result.get("answer") == "waiting":
        missing = result.get("missing")
        return Written(done=f"Your approval counts; {missing} more of somebody else is needed.")
    return Written(done="Approved." if answered == "granted" else "Denied.")


def take_over(tools: Tools, known: Known, incident_id: str, said: Reason) -> Written:
    """Give the incident to the caller. Raises ProblemError (403, 404, 409)."""
    permitted(known)
    history(tools, incident_id)
    command = TakeOver(incident_id=incident_id, proof=_proof(known), reason=said.reason)
    tools.functions.ask(tools.approval, command.payload())
    return Written(done="It is yours. Nothing is done in it any more without a person.")


def undo(tools: Tools, known: Known, incident_id: str, said: Reason) -> Written:
    """Have the action undone. Raises ProblemError (403, 404, 409: also when the world moved)."""
    permitted(known)
    history(tools, incident_id)
    order = OrderUndo(incident_id=incident_id, proof=_proof(known), reason=said.reason)
    signed = tools.functions.ask(tools.approval, order.payload())
    undo_ = Execute(operation="undo", incident_id=incident_id, round=signed["round"])
    result = tools.functions.ask(tools.executor, undo_.payload()).get("result")
    if result != "undone":
        refused = history(tools, incident_id)[1].undo_refused
        raise ProblemError(409, "refused", refused.reason if refused else "it was not undone")
    return Written(done="Undone.")


def _mine(tools: Tools, incident_id: str, approval_id: str) -> None:
    """Raise ProblemError unless this incident asks, or has asked, this."""
    asked = history(tools, incident_id)[1].approval
    if asked is None or asked.approval_id != approval_id:
        raise not_found("question in this incident, or it was asked anew")
    if asked.expires_at <= tools.now():
        raise ProblemError(410, "expired", f"the question expired at {asked.expires_at}")


def _proof(known: Known) -> TokenProof:
    return TokenProof(token=known.token)
