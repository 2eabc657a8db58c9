"""A person steps in: takes the incident over, or wants the action undone. Each is a fact.

What follows is for others: the executor begins nothing in an incident that is taken over, and
undoes what a person wants undone, by the same compare-and-set as ever.
"""

from collections.abc import Sequence

from functions.approval.request import TakeOver, Undo
from functions.shared.domain.errors import RefusedError
from functions.shared.domain.events import IncidentEvent, IncidentTakenOver, UndoRequested
from functions.shared.domain.grants import same_person
from functions.shared.domain.incident import Incident, replay
from functions.shared.domain.model import OutsiderText
from functions.shared.recording import Header, Recorder


def take_over(recorder: Recorder, request: TakeOver) -> Incident:
    """Record who has it; return the incident as it was. Repeating it changes nothing.

    Raises RefusedError when it is closed, or somebody else has it already, and InvalidHistoryError
    when there is no such incident.
    """
    found: list[Incident] = []

    def build(header: Header, history: Sequence[IncidentEvent]) -> IncidentTakenOver | None:
        incident = replay(history)
        found[:] = [incident]
        if incident.taken_over is not None:
            _same(incident.taken_over.by, request.by)
            return None
        if incident.is_closed:
            raise RefusedError("the incident is closed: it is with people already")
        return IncidentTakenOver.model_validate({**header, **_said(request)})

    recorder.record(request.incident_id, build)
    return found[0]


def want_undone(recorder: Recorder, request: Undo) -> int:
    """Record who wants it; return the round whose action it is. Repeating it changes nothing.

    Raises RefusedError when nothing was done, or it is undone already.
    """
    rounds: list[int] = []

    def build(header: Header, history: Sequence[IncidentEvent]) -> UndoRequested | None:
        incident = replay(history)
        if incident.taken is None or incident.decision is None:
            raise RefusedError("nothing was done that could be undone")
        if incident.undone is not None:
            raise RefusedError("it is undone already")
        rounds[:] = [incident.decision.round]
        wanted, refused = incident.undo_wanted, incident.undo_refused
        stands = wanted and (refused is None or refused.version < wanted.version)
        return None if stands else UndoRequested.model_validate({**header, **_said(request)})

    recorder.record(request.incident_id, build)
    return rounds[0]


def _said(request: TakeOver | Undo) -> dict[str, object]:
    return {
        "by": OutsiderText.of(request.by),
        "via": request.via,
        "reason": OutsiderText.of(request.reason),
    }


def _same(holder: OutsiderText, by: str) -> None:
    if same_person(holder.outsider) != same_person(by):
        raise RefusedError(f"{holder.outsider} has taken it over already")
