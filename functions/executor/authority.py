"""Authorisation of an action: a quorum recounted by the executor, or a person's valid approval."""

from typing import NamedTuple

from functions.executor.approval_check import check_grants, granted_approval
from functions.executor.certificate import recount
from functions.executor.dependencies import ExecutorDependencies
from functions.executor.refusal import RefusalError
from functions.executor.round_decision import DecidedRound, load_decision, require_newest
from functions.executor.target_binding import bind_target, check_alarm_place
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
    """The evidence bundle behind it; None for an undo, which rests on the ledger."""
    memory_decides: bool = False
    """Without the outcomes of earlier incidents, the votes would not authorise it."""


def authorise(deps: ExecutorDependencies, incident: Incident, command: Execute) -> Warrant:
    """Return the warrant for the round's decision. Raises RefusalError."""
    opening = deps.openings.find(incident.incident_id)
    if deps.closings.find(incident.incident_id) is not None or _closed_by_log(incident, opening):
        raise RefusalError("authority", "the incident is closed")
    try:
        decided = load_decision(deps, incident, command.round)
    except InvalidHistoryError as error:
        raise RefusalError("authority", str(error)) from error
    for alarm in (*decided.bundle.alarms, *(opening.alarms if opening else ())):
        check_alarm_place(alarm, deps.place)
    by_memory = False
    approval = granted_approval(deps, decided.decision, command.approval_id)
    if approval is None:
        require_newest(deps, incident, command.round)
        candidate = decided.candidate(str(decided.decision.action))
        bind_target(candidate, deps.place)
        by_memory = _by_quorum(deps, decided)
    else:
        candidate = decided.candidate(approval.chosen or approval.action)
        bind_target(candidate, deps.place, signed=True)
        check_grants(deps, decided.decision, candidate, approval)
    return Warrant(candidate, verb(candidate.verb), command.approval_id, decided.bundle, by_memory)


def _closed_by_log(incident: Incident, opening: Opening | None) -> bool:
    """Return whether the log closes an incident from before openings were stored."""
    return opening is None and incident.is_closed


def _by_quorum(deps: ExecutorDependencies, decided: DecidedRound) -> bool:
    """Return whether the memory alone carries the action. Raises RefusalError."""
    if decided.decision.route != "execute":
        raise RefusalError("authority", f"the decision's route is {decided.decision.route}")
    result, by_memory = recount(deps, decided)
    if result.action is None or result.action != decided.decision.action:
        raise RefusalError("certificate", f"the votes do not authorise it: {result.reason}")
    return by_memory
