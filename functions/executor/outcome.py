"""What became of a fenced effect: recorded when it happened, refused when it did not, never redone.

The order is effect, fact, end of the fence. So a fence that has ended has its fact, and one that
has not ended is asked about at the resource itself.
"""

from collections.abc import Mapping
from typing import Final

from functions.executor.ports import VerbActuator
from functions.executor.refusal import RefusalError
from functions.executor.request import Result
from functions.executor.tools import Tools
from functions.shared.domain.errors import InvalidHistoryError, RefusedError
from functions.shared.domain.events import ActionTaken, ActionUndone, InverseCaptured
from functions.shared.domain.evidence import Scalar
from functions.shared.domain.incident import Incident
from functions.shared.ports import Effect, Execution

EFFECT_SECONDS: Final = 60
"""No attempt takes longer from its fence to the end of its call: see the clients' timeouts."""
START_SECONDS: Final = 5
"""An attempt that has not begun its effect so long after its fence gives up."""
POLL_SECONDS: Final = 1


def of_act(tools: Tools, incident_id: str) -> Result:
    """Return "acted" when the fenced action happened. Raises RefusalError when it did not."""
    fence = settled_fence(tools, incident_id, "act")
    incident = tools.load(incident_id)
    if incident.taken is not None:
        return taken(tools, fence, Effect(incident.taken.written, incident.taken.request_id))
    if fence.state == "failed":
        raise RefusalError("fence", "the one attempt at it failed")
    captured = captured_for(incident, fence)
    return unknown_act(tools, captured, fence, "the attempt ended without a word")


def unknown_act(tools: Tools, captured: InverseCaptured, fence: Execution, why: str) -> Result:
    """Read the real state: it is what we intended, or else the action is refused for good."""
    actuator, state = _look(tools, captured, fence, why)
    if actuator.happened(captured.candidate, captured.captured, state):
        return taken(tools, fence, Effect(state, fence.request_id))
    raise failed(tools, fence, "fence", f"{why}; {_compare(captured, state)}")


def taken(tools: Tools, fence: Execution, effect: Effect) -> Result:
    """Record that the action happened, then end its fence. Safe to repeat."""
    tools.recorder.record_once(
        fence.incident_id,
        ActionTaken,
        action=fence.action,
        written=effect.written,
        request_id=effect.request_id,
    )
    _end(tools, fence, effect)
    return "acted"


def of_undo(tools: Tools, incident: Incident) -> Result:
    """Return "undone" when the fenced undo happened. Raises RefusalError when it did not."""
    fence = settled_fence(tools, incident.incident_id, "undo")
    if fence.state == "failed":
        raise RefusalError("fence", "the one attempt at it failed")
    captured = captured_for(incident, fence)
    return unknown_undo(tools, captured, fence, "the attempt ended without a word")


def unknown_undo(tools: Tools, captured: InverseCaptured, fence: Execution, why: str) -> Result:
    """Read the real state: it is what was captured, or else the undo is refused for good."""
    actuator, state = _look(tools, captured, fence, why)
    if actuator.restored(captured.candidate, captured.captured, state):
        return undone(tools, fence, Effect(state, fence.request_id))
    resource = captured.candidate.resource
    raise failed(tools, fence, "fence", f"{why}; {resource} is not what it was before")


def undone(tools: Tools, fence: Execution, effect: Effect) -> Result:
    """Record that the inverse was applied, then end its fence. Safe to repeat."""
    tools.recorder.record_once(
        fence.incident_id,
        ActionUndone,
        action=fence.action,
        restored=effect.written,
        request_id=effect.request_id,
    )
    _end(tools, fence, effect)
    return "undone"


def failed(tools: Tools, fence: Execution, guard: str, reason: str) -> RefusalError:
    """End the fence of an effect that did not happen; return the refusal to raise."""
    tools.ledger.finish(fence.model_copy(update={"state": "failed"}))
    return RefusalError(guard, reason)


def in_time(tools: Tools, fence: Execution) -> None:
    """Raise RefusalError when it is too late to begin: others may take us for dead soon."""
    if tools.now().timestamp() > fence.started_at + START_SECONDS:
        raise failed(tools, fence, "fence", "it took too long to begin")


def settled_fence(tools: Tools, incident_id: str, operation: str) -> Execution:
    """Return the fence, once whoever wrote it has ended it or cannot be alive any more."""
    while True:
        fence = tools.ledger.find(incident_id, "act" if operation == "act" else "undo")
        if fence is None:
            raise InvalidHistoryError(f"the fence of {operation} is gone")
        age = tools.now().timestamp() - fence.started_at
        if fence.state != "started" or age >= EFFECT_SECONDS:
            return fence
        tools.sleep(POLL_SECONDS)


def captured_for(incident: Incident, fence: Execution) -> InverseCaptured:
    """Return the inverse that was recorded before the fence."""
    captured = incident.captured
    if captured is None or captured.action != fence.action:
        raise InvalidHistoryError(f"{fence.action} is fenced without an inverse")
    return captured


def _end(tools: Tools, fence: Execution, effect: Effect) -> None:
    done = {"state": "done", "written": effect.written, "request_id": effect.request_id}
    if fence.state != "done":
        tools.ledger.finish(fence.model_copy(update=done))


def _look(
    tools: Tools, captured: InverseCaptured, fence: Execution, why: str
) -> tuple[VerbActuator, dict[str, Scalar]]:
    candidate = captured.candidate
    actuator = tools.actuators.actuator(candidate.verb, captured.incident_id)
    try:
        return actuator, actuator.read(candidate)
    except RefusedError as error:
        raise failed(tools, fence, "fence", f"{why}; it cannot be read: {error}") from error


def _compare(captured: InverseCaptured, state: Mapping[str, Scalar]) -> str:
    before = captured.captured
    same = all(before[name] == value for name, value in state.items() if name in before)
    looks = "is what it was" if same else "was changed by somebody else"
    return f"{captured.candidate.resource} {looks}"
