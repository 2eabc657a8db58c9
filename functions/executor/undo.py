"""Undo: the recorded inverse, once, if the action did not help and the resource still is ours."""

from collections.abc import Sequence

from functions.executor import leases, outcome
from functions.executor.authority import Warrant
from functions.executor.guards import PERSONS_UNDO_GUARDS, UNDO_GUARDS, pass_guards
from functions.executor.moment import Moment
from functions.executor.refusal import REASON_LENGTH, RefusalError
from functions.executor.request import Request, Result
from functions.executor.tools import Tools
from functions.shared.domain.catalogue import verb
from functions.shared.domain.errors import RefusedError, TransientError, WorldMovedError
from functions.shared.domain.events import (
    ActionTaken,
    IncidentEvent,
    InverseCaptured,
    UndoRefused,
)
from functions.shared.domain.incident import Incident, replay
from functions.shared.ports import Execution
from functions.shared.recording import Header


def undo(tools: Tools, request: Request) -> Result:
    """Apply the recorded inverse, at most once; say how that ended. Ends the leases.

    Raises transient errors, and RefusedError when no action was ever decided.
    """
    incident = tools.load(request.incident_id)
    result = _recorded(incident)
    if result is None:
        try:
            result = _undo(tools, incident)
        except RefusalError as refused:
            result = _refuse(tools, incident, refused)
    leases.release(tools, incident, touched=True)
    return result


def _recorded(incident: Incident) -> Result | None:
    if incident.undone is not None:
        return "undone"
    refused, wanted = incident.undo_refused, incident.undo_wanted
    if refused is None or (wanted is not None and wanted.version > refused.version):
        return None  # a person may ask once more, after what spoke against it is over
    return "refused"


def _undo(tools: Tools, incident: Incident) -> Result:
    taken, captured = _unwanted_action(incident)
    if tools.ledger.find(incident.incident_id, "undo") is not None:
        return outcome.of_undo(tools, incident)
    warrant = Warrant(captured.candidate, verb(captured.candidate.verb), captured.approval_id)
    guards = PERSONS_UNDO_GUARDS if incident.undo_wanted else UNDO_GUARDS
    pass_guards(Moment(tools, incident, warrant), guards)
    fence = Execution(
        incident_id=incident.incident_id,
        operation="undo",
        action=taken.action,
        resource=captured.candidate.resource,
        started_at=tools.now().timestamp(),
        request_id=tools.new_id(),
    )
    if tools.ledger.fence(fence) not in (None, fence):
        return outcome.of_undo(tools, incident)
    return _effect(tools, taken, captured, fence)


def _unwanted_action(incident: Incident) -> tuple[ActionTaken, InverseCaptured]:
    """Return the action that did not help, or that a person wants undone, and its inverse.

    Raises RefusalError.
    """
    taken, captured, checked = incident.taken, incident.captured, incident.checked
    if taken is None or captured is None or taken.action != captured.action:
        raise RefusalError("undo", "no action of this incident is on record")
    if incident.undo_wanted is not None and incident.undo_wanted.version > taken.version:
        return taken, captured
    if incident.is_closed:
        raise RefusalError("undo", "the incident is closed")
    if checked is None or checked.version < taken.version or checked.verdict != "failed":
        raise RefusalError("undo", "verification has not found that it failed")
    return taken, captured


def _effect(
    tools: Tools, taken: ActionTaken, captured: InverseCaptured, fence: Execution
) -> Result:
    candidate = captured.candidate
    actuator = tools.actuators.actuator(candidate.verb, captured.incident_id)
    outcome.in_time(tools, fence)
    try:
        effect = actuator.undo(candidate, captured.captured, taken.written)
    except (WorldMovedError, RefusedError) as error:
        raise outcome.failed(tools, fence, "undo", str(error)) from error
    except TransientError as error:
        return outcome.unknown_undo(tools, captured, fence, str(error))
    return outcome.undone(tools, fence, effect)


def _refuse(tools: Tools, incident: Incident, refused: RefusalError) -> Result:
    decided = incident.decision.action if incident.decision else None
    action = incident.taken.action if incident.taken else decided
    if action is None:
        raise refused
    reason = f"{refused.guard}: {refused.reason}"[:REASON_LENGTH]

    def build(header: Header, history: Sequence[IncidentEvent]) -> UndoRefused | None:
        if _recorded(replay(history)) is not None:
            return None
        return UndoRefused.model_validate({**header, "action": action, "reason": reason})

    tools.recorder.record(incident.incident_id, build)
    return "refused"
