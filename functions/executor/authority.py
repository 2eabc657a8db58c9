"""Who allows this action: a quorum that the executor counts again, or a person's live approval."""

from typing import NamedTuple

from functions.executor.approval_check import approval, check_grants
from functions.executor.certificate import redecide
from functions.executor.dependencies import Dependencies
from functions.executor.refusal import RefusalError
from functions.executor.round_decision import Round, decided
from functions.executor.target_binding import bind, ours
from quorum.domain.catalogue import Verb, verb
from quorum.domain.commands import Execute
from quorum.domain.errors import InvalidHistoryError
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.incident import Incident
from quorum.domain.incident_records import Opening


class Warrant(NamedTuple):
    """An authorised action. `approval_id` is None when the quorum itself authorises it."""

    candidate: Candidate
    verb: Verb
    approval_id: str | None
    bundle: Bundle | None = None
    """The evidence that it rests on; an undo rests on the ledger."""


def authorise(tools: Dependencies, incident: Incident, request: Execute) -> Warrant:
    """Return the warrant for the round's decision. Raises RefusalError."""
    opening = tools.openings.find(incident.incident_id)
    if tools.closings.find(incident.incident_id) is not None or _closed_before(incident, opening):
        raise RefusalError("authority", "the incident is closed")
    try:
        found = decided(tools, incident, request.round)
    except InvalidHistoryError as error:
        raise RefusalError("authority", str(error)) from error
    for alarm in (*found.bundle.alarms, *(opening.alarms if opening else ())):
        ours(alarm, tools.place)
    approved = approval(tools, found.decision, request.approval_id)
    if approved is None:
        candidate = found.candidate(str(found.decision.action))
        bind(candidate, tools.place)
        _by_quorum(tools, found)
    else:
        candidate = found.candidate(approved.chosen or approved.action)
        bind(candidate, tools.place, signed=True)
        check_grants(tools, found.decision, candidate, approved)
    return Warrant(candidate, verb(candidate.verb), request.approval_id, found.bundle)


def _closed_before(incident: Incident, opening: Opening | None) -> bool:
    """Return whether a version closed it that kept neither openings nor ends: its log says so."""
    return opening is None and incident.is_closed


def _by_quorum(tools: Dependencies, found: Round) -> None:
    if found.decision.route != "execute":
        raise RefusalError("authority", f"the decision's route is {found.decision.route}")
    result = redecide(tools, found)
    if result.action is None or result.action != found.decision.action:
        raise RefusalError("certificate", f"the votes do not authorise it: {result.reason}")
