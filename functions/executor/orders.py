"""A person's order to undo: signed by the approval function for exactly this action, and fresh."""

from functions.executor.dependencies import Tools
from quorum.domain.executions import Execution
from quorum.domain.grants import APPROVER, UndoOrder
from quorum.domain.signed import Rejected, unseal


def undo_ordered(tools: Tools, fence: Execution) -> bool:
    """Return whether a person wants what this fence did undone. What does not hold is no order."""
    text = tools.approvals.undo_wanted(fence.incident_id)
    sealed = unseal(text, UndoOrder)
    if isinstance(sealed, Rejected):
        return False
    said = sealed.says
    if tools.verifier.objection(APPROVER, said.message(), sealed.signature):
        return False
    about = (said.incident, said.action) == (fence.incident_id, fence.action)
    return about and said.exp > tools.now().timestamp()
