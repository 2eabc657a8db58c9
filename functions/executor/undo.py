"""Undo: apply the captured inverse once, if the action failed and the resource is unchanged.

The action and its inverse come from the ledger. Its failure comes from verification's own verdict,
or a person's signed order replaces it. The event log only has to agree.
"""

from collections.abc import Sequence

from functions.executor import leases, outcome
from functions.executor.authority import Warrant
from functions.executor.dependencies import ExecutorDependencies
from functions.executor.guard_context import GuardContext
from functions.executor.guards import ORDERED_UNDO_GUARDS, UNDO_GUARDS, check_guards
from functions.executor.ledger import FencedAction, check_log_agrees, fenced_action
from functions.executor.refusal import MAX_REASON_LENGTH, RefusalError
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
from quorum.domain.executions import Execution, FencedPair
from quorum.domain.grants import APPROVER, UndoOrder
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import Verified
from quorum.domain.signed import Rejected, read_signed


def undo(deps: ExecutorDependencies, command: Execute) -> ExecuteResult:
    """Apply the captured inverse at most once; return the result and release the leases.

    Raises TransientError, and InvalidInputError when there is no action to undo, or when
    verification has not finished and no person ordered the undo.
    """
    pairs = deps.ledger.actions(command.incident_id)
    if not pairs:
        raise InvalidInputError("incident_id: the incident has no action to undo")
    order = _undo_order(deps, command.incident_id)
    fence, ordered = _fence_to_undo(pairs, order)
    incident = deps.load(command.incident_id)
    if not ordered and _verdict(deps, fence) is None:
        raise InvalidInputError("incident_id: verification has not finished")
    result: ExecuteResult | None = "refused" if _is_refused(incident) else None
    if result is None:
        try:
            result = _undo(deps, incident, fence, ordered=ordered)
        except RefusalError as refused:
            result = _record_refusal(deps, incident, fence, refused)
    leases.release(deps, command.incident_id, fence.resource, touched=True, number=fence.number)
    return result


def _undo_order(deps: ExecutorDependencies, incident_id: str) -> UndoOrder | None:
    """Return a person's valid order for this incident; an invalid one is ignored."""
    sealed = read_signed(deps.approvals.undo_order(incident_id), UndoOrder)
    if isinstance(sealed, Rejected):
        return None
    order = sealed.statement
    if deps.verifier.objection(APPROVER, order.message(), sealed.signature):
        return None
    valid = order.incident == incident_id and order.exp > deps.now().timestamp()
    return order if valid else None


def _fence_to_undo(pairs: Sequence[FencedPair], order: UndoOrder | None) -> tuple[Execution, bool]:
    """Return the action to undo, and whether a person ordered it: else it is the newest one."""
    wanted = [pair.act for pair in pairs if order and pair.act.action == order.action]
    return (wanted[-1], True) if wanted else (pairs[-1].act, False)


def _verdict(deps: ExecutorDependencies, fence: Execution) -> Verified | None:
    return deps.verdicts.find(fence.incident_id, "action", fence.number)


def _is_refused(incident: Incident) -> bool:
    """Return whether the undo was refused and no person has requested it since."""
    refused, wanted = incident.undo_refused, incident.undo_requested
    return refused is not None and (wanted is None or wanted.version <= refused.version)


def _undo(
    deps: ExecutorDependencies, incident: Incident, fence: Execution, *, ordered: bool
) -> ExecuteResult:
    started = deps.ledger.find(fence.incident_id, "undo", fence.number)
    if started is not None:
        return outcome.resume_undo(deps, started)
    act = _action_to_undo(deps, incident, fence, ordered=ordered)
    warrant = Warrant(act.candidate, verb(act.candidate.verb), fence.approval_id)
    guards = ORDERED_UNDO_GUARDS if ordered else UNDO_GUARDS
    check_guards(GuardContext(deps, incident, warrant), guards)
    own_fence = Execution(
        incident_id=fence.incident_id,
        operation="undo",
        number=fence.number,
        round=fence.round,
        action=fence.action,
        resource=fence.resource,
        started_at=deps.now().timestamp(),
        candidate=fence.candidate,
        captured=fence.captured,
        approval_id=fence.approval_id,
        request_id=deps.new_id(),
    )
    stored = deps.ledger.fence(own_fence)
    if stored is not None and stored != own_fence:
        return outcome.resume_undo(deps, stored)
    return _apply(deps, fence, own_fence)


def _action_to_undo(
    deps: ExecutorDependencies, incident: Incident, fence: Execution, *, ordered: bool
) -> FencedAction:
    """Return the action that failed or that a person wants undone. Raises RefusalError."""
    if fence.state != "done":
        raise RefusalError("undo", "the execution ledger does not record the action as done")
    act = fenced_action(fence)
    check_log_agrees(incident, fence)
    if ordered:
        return act
    if deps.closings.find(fence.incident_id) is not None:
        raise RefusalError("undo", "the incident is closed")
    verified = _verdict(deps, fence)
    if verified is None or (verified.action, verified.verdict) != (fence.action, "failed"):
        raise RefusalError("undo", "verification did not find that the action failed")
    return act


def _apply(deps: ExecutorDependencies, done: Execution, own_fence: Execution) -> ExecuteResult:
    act = fenced_action(own_fence)
    actuator = deps.actuators.actuator(act.candidate.verb, own_fence.incident_id)
    outcome.check_start_deadline(deps, own_fence)
    try:
        effect = actuator.undo(act.candidate, act.captured, done.written)
    except (WorldMovedError, RefusedError) as error:
        raise outcome.failure(deps, own_fence, "undo", str(error)) from error
    except TransientError as error:
        return outcome.reconcile_undo(deps, own_fence, str(error))
    return outcome.finish_undo(deps, own_fence, effect)


def _record_refusal(
    deps: ExecutorDependencies, incident: Incident, fence: Execution, refused: RefusalError
) -> ExecuteResult:
    reason = f"{refused.guard}: {refused.reason}"[:MAX_REASON_LENGTH]

    def build(header: Header, history: Sequence[IncidentEvent]) -> UndoRefused | None:
        if _is_refused(replay(history)):
            return None
        return UndoRefused.model_validate({**header, "action": fence.action, "reason": reason})

    deps.recorder.record(incident.incident_id, build)
    return "refused"
