"""Outcome of a fenced effect: recorded if it happened, refused if it did not, never repeated.

The order is effect, finished fence, event. A finished fence holds the outcome; for an unfinished
one the resource itself is read.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from functions.executor.dependencies import ExecutorDependencies
from functions.executor.ledger import FencedAction, fenced_action
from functions.executor.ports import VerbActuator
from functions.executor.refusal import GuardName, RefusalError
from quorum.application.recorder import Header
from quorum.domain.commands import ExecuteResult
from quorum.domain.errors import InvalidHistoryError, RefusedError
from quorum.domain.events import ActionTaken, ActionUndone, BaseEvent, IncidentEvent
from quorum.domain.evidence import Scalar
from quorum.domain.executions import Execution
from quorum.ports.execution import Effect

EFFECT_SECONDS: Final = 60
"""Upper bound from an attempt's fence to the end of its call; see the clients' timeouts."""
START_DEADLINE_SECONDS: Final = 5
"""An attempt gives up if its effect has not started this long after its fence."""
POLL_SECONDS: Final = 1

F = TypeVar("F", bound=BaseEvent)


def resume_act(deps: ExecutorDependencies, fence: Execution) -> ExecuteResult:
    """Return "acted" if the fenced action happened. Raises RefusalError if it did not."""
    fence = await_fence(deps, fence)
    if fence.state == "done":
        return finish_act(deps, fence, Effect(fence.written, fence.request_id))
    if fence.state == "failed":
        raise RefusalError("fence", "the only attempt failed")
    return reconcile_act(deps, fence, "the attempt ended without a result")


def reconcile_act(deps: ExecutorDependencies, fence: Execution, reason: str) -> ExecuteResult:
    """Read the real state: finish the action if it took effect, else refuse it for good."""
    act, actuator, state = _read_state(deps, fence, reason)
    if actuator.happened(act.candidate, act.captured, state):
        return finish_act(deps, fence, Effect(state, fence.request_id))
    raise failure(deps, fence, "fence", f"{reason}; {_describe_state(act, state)}")


def finish_act(deps: ExecutorDependencies, fence: Execution, effect: Effect) -> ExecuteResult:
    """Finish the fence, then record ActionTaken. Idempotent."""
    _finish_fence(deps, fence, effect)
    fields = {"action": fence.action, "written": effect.written, "request_id": effect.request_id}
    _record_event(deps, fence.incident_id, ActionTaken, fields)
    return "acted"


def resume_undo(deps: ExecutorDependencies, fence: Execution) -> ExecuteResult:
    """Return "undone" if the fenced undo happened. Raises RefusalError if it did not."""
    fence = await_fence(deps, fence)
    if fence.state == "done":
        return finish_undo(deps, fence, Effect(fence.written, fence.request_id))
    if fence.state == "failed":
        raise RefusalError("fence", "the only attempt failed")
    return reconcile_undo(deps, fence, "the attempt ended without a result")


def reconcile_undo(deps: ExecutorDependencies, fence: Execution, reason: str) -> ExecuteResult:
    """Read the real state: finish the undo if it took effect, else refuse it for good."""
    act, actuator, state = _read_state(deps, fence, reason)
    if actuator.restored(act.candidate, act.captured, state):
        return finish_undo(deps, fence, Effect(state, fence.request_id))
    resource = act.candidate.resource
    raise failure(deps, fence, "fence", f"{reason}; {resource} is not back in its captured state")


def finish_undo(deps: ExecutorDependencies, fence: Execution, effect: Effect) -> ExecuteResult:
    """Finish the fence, then record ActionUndone. Idempotent."""
    _finish_fence(deps, fence, effect)
    fields = {"action": fence.action, "restored": effect.written, "request_id": effect.request_id}
    _record_event(deps, fence.incident_id, ActionUndone, fields)
    return "undone"


def failure(
    deps: ExecutorDependencies, fence: Execution, guard: GuardName, reason: str
) -> RefusalError:
    """Finish the fence of an effect that did not happen; return the refusal to raise."""
    deps.ledger.finish(fence.model_copy(update={"state": "failed"}))
    return RefusalError(guard, reason)


def check_start_deadline(deps: ExecutorDependencies, fence: Execution) -> None:
    """Raise RefusalError past START_DEADLINE_SECONDS: a retry may soon assume a crash."""
    if deps.now().timestamp() > fence.started_at + START_DEADLINE_SECONDS:
        raise failure(deps, fence, "fence", "the effect did not start in time")


def await_fence(deps: ExecutorDependencies, wanted: Execution) -> Execution:
    """Return the fence once it is finished, or its attempt can no longer be running."""
    while True:
        fence = deps.ledger.find(wanted.incident_id, wanted.operation, wanted.number)
        if fence is None:
            raise InvalidHistoryError(f"no fence found for {wanted.operation}")
        age = deps.now().timestamp() - fence.started_at
        if fence.state != "started" or age >= EFFECT_SECONDS:
            return fence
        deps.sleep(POLL_SECONDS)


def _finish_fence(deps: ExecutorDependencies, fence: Execution, effect: Effect) -> None:
    if fence.state != "done":
        done = {
            "state": "done",
            "written": effect.written,
            "request_id": effect.request_id,
            "ended_at": deps.now().timestamp(),
        }
        deps.ledger.finish(fence.model_copy(update=done))


def _record_event(
    deps: ExecutorDependencies, incident_id: str, kind: type[F], fields: Mapping[str, object]
) -> None:
    """Append the event unless an identical one exists, whatever else the log holds."""

    def build(header: Header, history: Sequence[IncidentEvent]) -> F | None:
        event = kind.model_validate({**header, **fields})
        content = event.model_dump(include=set(fields))
        recorded = (e for e in history if isinstance(e, kind))
        return (
            None if any(e.model_dump(include=set(fields)) == content for e in recorded) else event
        )

    deps.recorder.record(incident_id, build)


def _read_state(
    deps: ExecutorDependencies, fence: Execution, reason: str
) -> tuple[FencedAction, VerbActuator, dict[str, Scalar]]:
    act = fenced_action(fence)
    actuator = deps.actuators.actuator(act.candidate.verb, fence.incident_id)
    try:
        return act, actuator, actuator.read(act.candidate)
    except RefusedError as error:
        raise failure(
            deps, fence, "fence", f"{reason}; its state cannot be read: {error}"
        ) from error


def _describe_state(act: FencedAction, state: Mapping[str, Scalar]) -> str:
    unchanged = all(
        act.captured[name] == value for name, value in state.items() if name in act.captured
    )
    change = "is unchanged" if unchanged else "was changed by something else"
    return f"{act.candidate.resource} {change}"
