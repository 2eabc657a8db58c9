"""Act: authorise, guard, capture the inverse, fence, do it once, record it.

Every step can be the last before a crash. Before the fence nothing has happened and a retry starts
over; from the fence on a retry only finds out what happened, and never repeats it. The fence holds
what is done and what undoes it: the log's facts about it are for people.
"""

from functions.executor import leases, outcome, refusal
from functions.executor.authority import Warrant, authorise
from functions.executor.decided import decided_resource
from functions.executor.dependencies import Tools
from functions.executor.guard_context import Moment
from functions.executor.guards import pass_guards
from functions.executor.ledger import acted, tell_captured
from functions.executor.refusal import RefusalError
from quorum.domain.commands import Execute, ExecuteResult
from quorum.domain.errors import RefusedError, TransientError, WorldMovedError
from quorum.domain.evidence import Scalar
from quorum.domain.executions import Execution
from quorum.domain.incident import Incident


def act(tools: Tools, request: Execute) -> ExecuteResult:
    """Do what the round decided, at most once; say how that ended.

    Raises transient errors, and RefusedError when nothing is decided that could be refused.
    """
    try:
        if _fenced(tools, request):
            return outcome.of_act(tools, request.incident_id)
        return _start(tools, request)
    except RefusalError as refused:
        refusal.record(tools, request.incident_id, refused, request.approval_id)
        return _refused(tools, request)


def _start(tools: Tools, request: Execute) -> ExecuteResult:
    incident = tools.load(request.incident_id)
    if refusal.standing(incident, request.approval_id):
        return _refused(tools, request)
    warrant: Warrant | None = None
    try:
        warrant = authorise(tools, incident, request)
        captured = _prepare(tools, incident, warrant)
    except RefusalError as refused:
        if not _fenced(tools, request):
            refusal.record(tools, request.incident_id, refused, request.approval_id)
        if _fenced(tools, request):  # by another attempt, which was faster
            return outcome.of_act(tools, request.incident_id)
        return _refused(tools, request, warrant)
    except TransientError:
        if not _fenced(tools, request):
            _release(tools, request, warrant, touched=False)
        raise
    mine = _fence(tools, request, warrant, captured)
    if mine is None:
        return outcome.of_act(tools, request.incident_id)
    return _effect(tools, mine)


def _prepare(tools: Tools, incident: Incident, warrant: Warrant) -> dict[str, Scalar]:
    """Return what undoing will need, once nothing speaks against it. Raises RefusalError."""
    pass_guards(Moment(tools, incident, warrant))
    actuator = tools.actuators.actuator(warrant.candidate.verb, incident.incident_id)
    try:
        return actuator.capture(warrant.candidate)
    except (WorldMovedError, RefusedError) as error:
        raise RefusalError("precondition", str(error)) from error


def _fenced(tools: Tools, request: Execute) -> bool:
    return tools.ledger.find(request.incident_id, "act") is not None


def _fence(
    tools: Tools, request: Execute, warrant: Warrant, captured: dict[str, Scalar]
) -> Execution | None:
    """Return our fence, or None when another attempt's stands there."""
    mine = Execution(
        incident_id=request.incident_id,
        operation="act",
        action=warrant.candidate.id,
        resource=warrant.candidate.resource,
        started_at=tools.now().timestamp(),
        candidate=warrant.candidate,
        captured=captured,
        approval_id=warrant.approval_id,
        request_id=tools.new_id(),
    )
    return mine if tools.ledger.fence(mine) in (None, mine) else None


def _effect(tools: Tools, fence: Execution) -> ExecuteResult:
    """Tell people what would undo it, and do it, unless nobody waits for it any more."""
    act = acted(fence)
    actuator = tools.actuators.actuator(act.candidate.verb, fence.incident_id)
    tell_captured(tools, fence)
    if tools.closings.find(fence.incident_id) is not None:
        raise outcome.failed(tools, fence, "effect", "the incident closed while it was prepared")
    if refusal.standing(tools.load(fence.incident_id), fence.approval_id):
        raise outcome.failed(tools, fence, "effect", "it was given up while it was prepared")
    outcome.in_time(tools, fence)
    try:
        effect = actuator.apply(act.candidate, act.captured)
    except (WorldMovedError, RefusedError) as error:
        raise outcome.failed(tools, fence, "effect", str(error)) from error
    except TransientError as error:
        return outcome.unknown_act(tools, fence, str(error))
    return outcome.taken(tools, fence, effect)


def _refused(tools: Tools, request: Execute, warrant: Warrant | None = None) -> ExecuteResult:
    touched = _fenced(tools, request)
    _release(tools, request, warrant, touched=touched)
    standing = refusal.standing(tools.load(request.incident_id), request.approval_id)
    asks = standing is not None and standing.person_may and request.approval_id is None
    return "ask" if asks else "refused"


def _release(tools: Tools, request: Execute, warrant: Warrant | None, *, touched: bool) -> None:
    """End the leases of what was fenced, or of what was about to be."""
    fence = tools.ledger.find(request.incident_id, "act")
    if fence is not None:
        leased: str | None = fence.resource
    elif warrant is not None:
        leased = warrant.candidate.resource
    else:  # an attempt that died before this one may have leased it
        leased = decided_resource(tools, request)
    leases.release(tools, request.incident_id, leased, touched=touched)
