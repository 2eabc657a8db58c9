"""What became of a fenced effect: recorded when it happened, refused when it did not, never redone.

The order is effect, end of the fence, fact. A fence that has ended says how; one that has not is
asked about at the resource itself.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from functions.executor.dependencies import Dependencies
from functions.executor.ledger import Acted, acted
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
"""No attempt takes longer from its fence to the end of its call: see the clients' timeouts."""
START_SECONDS: Final = 5
"""An attempt that has not begun its effect so long after its fence gives up."""
POLL_SECONDS: Final = 1

F = TypeVar("F", bound=BaseEvent)


def of_act(tools: Dependencies, incident_id: str) -> ExecuteResult:
    """Return "acted" when the fenced action happened. Raises RefusalError when it did not."""
    fence = settled_fence(tools, incident_id, "act")
    if fence.state == "done":
        return taken(tools, fence, Effect(fence.written, fence.request_id))
    if fence.state == "failed":
        raise RefusalError("fence", "the one attempt at it failed")
    return unknown_act(tools, fence, "the attempt ended without a word")


def unknown_act(tools: Dependencies, fence: Execution, why: str) -> ExecuteResult:
    """Read the real state: it is what we intended, or else the action is refused for good."""
    act, actuator, state = _look(tools, fence, why)
    if actuator.happened(act.candidate, act.captured, state):
        return taken(tools, fence, Effect(state, fence.request_id))
    raise failed(tools, fence, "fence", f"{why}; {_compare(act, state)}")


def taken(tools: Dependencies, fence: Execution, effect: Effect) -> ExecuteResult:
    """End the fence, then tell that the action happened. Safe to repeat."""
    _end(tools, fence, effect)
    said = {"action": fence.action, "written": effect.written, "request_id": effect.request_id}
    _tell(tools, fence.incident_id, ActionTaken, said)
    return "acted"


def of_undo(tools: Dependencies, incident_id: str) -> ExecuteResult:
    """Return "undone" when the fenced undo happened. Raises RefusalError when it did not."""
    fence = settled_fence(tools, incident_id, "undo")
    if fence.state == "done":
        return undone(tools, fence, Effect(fence.written, fence.request_id))
    if fence.state == "failed":
        raise RefusalError("fence", "the one attempt at it failed")
    return unknown_undo(tools, fence, "the attempt ended without a word")


def unknown_undo(tools: Dependencies, fence: Execution, why: str) -> ExecuteResult:
    """Read the real state: it is what was captured, or else the undo is refused for good."""
    act, actuator, state = _look(tools, fence, why)
    if actuator.restored(act.candidate, act.captured, state):
        return undone(tools, fence, Effect(state, fence.request_id))
    resource = act.candidate.resource
    raise failed(tools, fence, "fence", f"{why}; {resource} is not what it was before")


def undone(tools: Dependencies, fence: Execution, effect: Effect) -> ExecuteResult:
    """End the fence, then tell that the inverse was applied. Safe to repeat."""
    _end(tools, fence, effect)
    said = {"action": fence.action, "restored": effect.written, "request_id": effect.request_id}
    _tell(tools, fence.incident_id, ActionUndone, said)
    return "undone"


def failed(tools: Dependencies, fence: Execution, guard: GuardName, reason: str) -> RefusalError:
    """End the fence of an effect that did not happen; return the refusal to raise."""
    tools.ledger.finish(fence.model_copy(update={"state": "failed"}))
    return RefusalError(guard, reason)


def in_time(tools: Dependencies, fence: Execution) -> None:
    """Raise RefusalError when it is too late to begin: others may take us for dead soon."""
    if tools.now().timestamp() > fence.started_at + START_SECONDS:
        raise failed(tools, fence, "fence", "it took too long to begin")


def settled_fence(tools: Dependencies, incident_id: str, operation: str) -> Execution:
    """Return the fence, once whoever wrote it has ended it or cannot be alive any more."""
    while True:
        fence = tools.ledger.find(incident_id, "act" if operation == "act" else "undo")
        if fence is None:
            raise InvalidHistoryError(f"the fence of {operation} is gone")
        age = tools.now().timestamp() - fence.started_at
        if fence.state != "started" or age >= EFFECT_SECONDS:
            return fence
        tools.sleep(POLL_SECONDS)


def _end(tools: Dependencies, fence: Execution, effect: Effect) -> None:
    if fence.state != "done":
        done = {
            "state": "done",
            "written": effect.written,
            "request_id": effect.request_id,
            "ended_at": tools.now().timestamp(),
        }
        tools.ledger.finish(fence.model_copy(update=done))


def _tell(tools: Dependencies, incident_id: str, kind: type[F], said: Mapping[str, object]) -> None:
    """Append the fact unless this very one is there, whatever others may have written."""

    def build(header: Header, history: Sequence[IncidentEvent]) -> F | None:
        fact = kind.model_validate({**header, **said})
        mine = fact.model_dump(include=set(said))
        known = (e for e in history if isinstance(e, kind))
        return None if any(e.model_dump(include=set(said)) == mine for e in known) else fact

    tools.recorder.record(incident_id, build)


def _look(
    tools: Dependencies, fence: Execution, why: str
) -> tuple[Acted, VerbActuator, dict[str, Scalar]]:
    act = acted(fence)
    actuator = tools.actuators.actuator(act.candidate.verb, fence.incident_id)
    try:
        return act, actuator, actuator.read(act.candidate)
    except RefusedError as error:
        raise failed(tools, fence, "fence", f"{why}; it cannot be read: {error}") from error


def _compare(act: Acted, state: Mapping[str, Scalar]) -> str:
    same = all(act.captured[name] == value for name, value in state.items() if name in act.captured)
    looks = "is what it was" if same else "was changed by somebody else"
    return f"{act.candidate.resource} {looks}"
