"""Act: authorise, guard, capture the inverse, fence, do it once, record it.

Every step can be the last before a crash. Before the fence nothing has happened and a retry starts
over; from the fence on a retry only finds out what happened, and never repeats it.
"""

from collections.abc import Sequence

from functions.executor import leases, outcome, refusal
from functions.executor.authority import Warrant, authorise
from functions.executor.guards import pass_guards
from functions.executor.moment import Moment
from functions.executor.refusal import RefusalError
from functions.executor.request import Request, Result
from functions.executor.tools import Tools
from functions.shared.domain.errors import RefusedError, TransientError, WorldMovedError
from functions.shared.domain.events import IncidentEvent, InverseCaptured
from functions.shared.domain.incident import Incident
from functions.shared.ports import Execution
from functions.shared.recording import Header


def act(tools: Tools, request: Request) -> Result:
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


def _start(tools: Tools, request: Request) -> Result:
    incident = tools.load(request.incident_id)
    if refusal.standing(incident, request.approval_id):
        return _refused(tools, request)
    try:
        captured = _prepare(tools, incident, request)
    except RefusalError as refused:
        if not _fenced(tools, request):
            refusal.record(tools, request.incident_id, refused, request.approval_id)
        if _fenced(tools, request):  # by another attempt, which was faster
            return outcome.of_act(tools, request.incident_id)
        return _refused(tools, request)
    except TransientError:
        if not _fenced(tools, request):
            leases.release(tools, incident, touched=False)
        raise
    mine = _fence(tools, captured)
    if mine is None:
        return outcome.of_act(tools, request.incident_id)
    return _effect(tools, captured, mine)


def _prepare(tools: Tools, incident: Incident, request: Request) -> InverseCaptured:
    """Return the recorded inverse of what may be done. Raises RefusalError."""
    warrant = authorise(tools, incident, request)
    pass_guards(Moment(tools, incident, warrant))
    return _capture(tools, incident, warrant)


def _fenced(tools: Tools, request: Request) -> bool:
    return tools.ledger.find(request.incident_id, "act") is not None


def _capture(tools: Tools, incident: Incident, warrant: Warrant) -> InverseCaptured:
    """Read what the inverse needs, and record it before anything is done."""
    candidate = warrant.candidate
    actuator = tools.actuators.actuator(candidate.verb, incident.incident_id)
    try:
        captured = actuator.capture(candidate)
    except (WorldMovedError, RefusedError) as error:
        raise RefusalError("precondition", str(error)) from error
    facts: list[InverseCaptured] = []

    def build(header: Header, history: Sequence[IncidentEvent]) -> InverseCaptured | None:
        new = InverseCaptured.model_validate(
            {
                **header,
                "action": candidate.id,
                "candidate": candidate,
                "captured": captured,
                "approval_id": warrant.approval_id,
            }
        )
        old = next((e for e in reversed(history) if isinstance(e, InverseCaptured)), None)
        same = old is not None and _content(old) == _content(new)
        facts[:] = [old if old is not None and same else new]
        return None if same else new

    tools.recorder.record(incident.incident_id, build)
    return facts[0]


def _content(fact: InverseCaptured) -> tuple[object, ...]:
    return fact.action, fact.candidate, fact.captured, fact.approval_id


def _fence(tools: Tools, captured: InverseCaptured) -> Execution | None:
    """Return our fence, or None when another attempt's stands there."""
    mine = Execution(
        incident_id=captured.incident_id,
        operation="act",
        action=captured.action,
        resource=captured.candidate.resource,
        started_at=tools.now().timestamp(),
        request_id=tools.new_id(),
    )
    return mine if tools.ledger.fence(mine) in (None, mine) else None


def _effect(tools: Tools, captured: InverseCaptured, fence: Execution) -> Result:
    """Do it, unless the log says by now that nobody waits for it any more."""
    candidate = captured.candidate
    incident = tools.load(captured.incident_id)
    actuator = tools.actuators.actuator(candidate.verb, captured.incident_id)
    if incident.is_closed or refusal.standing(incident, captured.approval_id):
        raise outcome.failed(tools, fence, "effect", "it was given up while it was prepared")
    outcome.in_time(tools, fence)
    try:
        effect = actuator.apply(candidate, captured.captured)
    except (WorldMovedError, RefusedError) as error:
        raise outcome.failed(tools, fence, "effect", str(error)) from error
    except TransientError as error:
        return outcome.unknown_act(tools, captured, fence, str(error))
    return outcome.taken(tools, fence, effect)


def _refused(tools: Tools, request: Request) -> Result:
    incident = tools.load(request.incident_id)
    leases.release(tools, incident, touched=_fenced(tools, request))
    standing = refusal.standing(incident, request.approval_id)
    asks = standing is not None and standing.person_may and request.approval_id is None
    return "ask" if asks else "refused"
