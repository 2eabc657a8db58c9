"""Undo: the captured inverse, once, if the action did not help and the resource still is ours.

What was done, and what undoes it, is read from the ledger; that it did not help from verification's
own verdict, or else a person's signed order takes its place. The log only has to agree.
"""

from collections.abc import Sequence

from functions.executor import leases, outcome
from functions.executor.authority import Warrant
from functions.executor.dependencies import Dependencies
from functions.executor.guard_context import GuardContext
from functions.executor.guards import PERSONS_UNDO_GUARDS, UNDO_GUARDS, pass_guards
from functions.executor.ledger import Acted, acted, agree
from functions.executor.refusal import REASON_LENGTH, RefusalError
from quorum.application.recorder import Header
from quorum.domain.catalogue import verb
from quorum.domain.commands import Execute, ExecuteResult
from quorum.domain.errors import (
    InvalidInputError,
    RefusedError,
    TransientError,
    WorldMovedError,
)
from quorum.domain.events import IncidentEvent, UndoRefused
from quorum.domain.executions import Execution
from quorum.domain.grants import APPROVER, UndoOrder
from quorum.domain.incident import Incident, replay
from quorum.domain.signed import Rejected, unseal


def undo(tools: Dependencies, request: Execute) -> ExecuteResult:
    """Apply the captured inverse, at most once; say how that ended. Ends the leases.

    Raises transient errors, and InvalidInputError when nothing was done, or it is not known yet
    whether it helped and no person wants it undone.
    """
    fence = tools.ledger.find(request.incident_id, "act")
    if fence is None:
        raise InvalidInputError("incident_id: nothing was done in it that could be undone")
    incident, ordered = tools.load(request.incident_id), _ordered(tools, fence)
    if not ordered and tools.verdicts.find(request.incident_id, "action") is None:
        raise InvalidInputError("incident_id: verification has not ended yet")
    result: ExecuteResult | None = "refused" if _refused_before(incident) else None
    if result is None:
        try:
            result = _undo(tools, incident, fence, ordered=ordered)
        except RefusalError as refused:
            result = _refuse(tools, incident, fence, refused)
    leases.release(tools, request.incident_id, fence.resource, touched=True)
    return result


def _ordered(tools: Dependencies, fence: Execution) -> bool:
    """Return whether a person wants what this fence did undone. What does not hold is no order."""
    text = tools.approvals.undo_order(fence.incident_id)
    sealed = unseal(text, UndoOrder)
    if isinstance(sealed, Rejected):
        return False
    said = sealed.says
    if tools.verifier.objection(APPROVER, said.message(), sealed.signature):
        return False
    about = (said.incident, said.action) == (fence.incident_id, fence.action)
    return about and said.exp > tools.now().timestamp()


def _refused_before(incident: Incident) -> bool:
    """Return whether it was refused, and no person has asked for it since."""
    refused, wanted = incident.undo_refused, incident.undo_requested
    return refused is not None and (wanted is None or wanted.version <= refused.version)


def _undo(
    tools: Dependencies, incident: Incident, fence: Execution, *, ordered: bool
) -> ExecuteResult:
    if tools.ledger.find(fence.incident_id, "undo") is not None:
        return outcome.of_undo(tools, fence.incident_id)
    act = _unwanted(tools, incident, fence, ordered=ordered)
    warrant = Warrant(act.candidate, verb(act.candidate.verb), fence.approval_id)
    guards = PERSONS_UNDO_GUARDS if ordered else UNDO_GUARDS
    pass_guards(GuardContext(tools, incident, warrant), guards)
    mine = Execution(
        incident_id=fence.incident_id,
        operation="undo",
        action=fence.action,
        resource=fence.resource,
        started_at=tools.now().timestamp(),
        candidate=fence.candidate,
        captured=fence.captured,
        approval_id=fence.approval_id,
        request_id=tools.new_id(),
    )
    if tools.ledger.fence(mine) not in (None, mine):
        return outcome.of_undo(tools, fence.incident_id)
    return _effect(tools, fence, mine)


def _unwanted(tools: Dependencies, incident: Incident, fence: Execution, *, ordered: bool) -> Acted:
    """Return the action that did not help, or that a person wants undone. Raises RefusalError."""
    if fence.state != "done":
        raise RefusalError("undo", "the ledger does not say that it was done")
    act = acted(fence)
    agree(incident, fence)
    if ordered:
        return act
    if tools.closings.find(fence.incident_id) is not None:
        raise RefusalError("undo", "the incident is closed")
    found = tools.verdicts.find(fence.incident_id, "action")
    if found is None or (found.action, found.verdict) != (fence.action, "failed"):
        raise RefusalError("undo", "verification has not found that it failed")
    return act


def _effect(tools: Dependencies, done: Execution, mine: Execution) -> ExecuteResult:
    act = acted(mine)
    actuator = tools.actuators.actuator(act.candidate.verb, mine.incident_id)
    outcome.in_time(tools, mine)
    try:
        effect = actuator.undo(act.candidate, act.captured, done.written)
    except (WorldMovedError, RefusedError) as error:
        raise outcome.failed(tools, mine, "undo", str(error)) from error
    except TransientError as error:
        return outcome.unknown_undo(tools, mine, str(error))
    return outcome.undone(tools, mine, effect)


def _refuse(
    tools: Dependencies, incident: Incident, fence: Execution, refused: RefusalError
) -> ExecuteResult:
    reason = f"{refused.guard}: {refused.reason}"[:REASON_LENGTH]

    def build(header: Header, history: Sequence[IncidentEvent]) -> UndoRefused | None:
        if _refused_before(replay(history)):
            return None
        return UndoRefused.model_validate({**header, "action": fence.action, "reason": reason})

    tools.recorder.record(incident.incident_id, build)
    return "refused"
