"""Who allows this action: a quorum that the executor counts again, or a person's live approval."""

from typing import Final, NamedTuple

from functions.executor.approved import approval, check_grants
from functions.executor.binding import bind, ours
from functions.executor.certificate import redecide
from functions.executor.refusal import RefusalError
from functions.executor.request import Request
from functions.executor.tools import Tools
from functions.shared.domain.catalogue import Verb, verb
from functions.shared.domain.events import DecisionMade, EvidenceFrozen
from functions.shared.domain.evidence import Candidate
from functions.shared.domain.incident import Incident

COMPARED: Final = ("round", "evidence", "route", "action", "votes", "certificate")


class Warrant(NamedTuple):
    """An authorised action. `approval_id` is None when the quorum itself authorises it."""

    candidate: Candidate
    verb: Verb
    approval_id: str | None


def authorise(tools: Tools, incident: Incident, request: Request) -> Warrant:
    """Return the warrant for the round's decision. Raises RefusalError."""
    if incident.is_closed:
        raise RefusalError("authority", "the incident is closed")
    for alarm in (incident.opened.alarm, *(joined.alarm for joined in incident.joined)):
        ours(alarm, tools.place)
    decision, frozen = _decided(tools, incident, request.round)
    approved = approval(tools, incident, decision, request.approval_id)
    action = (approved and approved.chosen) or decision.action
    candidate = next((c for c in frozen.candidates if c.id == action), None)
    if candidate is None:
        raise RefusalError("authority", "the decided action is not among the frozen candidates")
    bind(candidate, tools.place)
    if approved is None:
        _by_quorum(tools, decision, frozen)
    else:
        check_grants(tools, decision, candidate, approved)
    return Warrant(candidate, verb(candidate.verb), request.approval_id)


def _decided(tools: Tools, incident: Incident, round_: int) -> tuple[DecisionMade, EvidenceFrozen]:
    decision, frozen = incident.decision, incident.evidence
    if decision is None or frozen is None or decision.action is None:
        raise RefusalError("authority", "nothing is decided")
    if not decision.round == frozen.round == round_ or decision.evidence != frozen.evidence:
        raise RefusalError("authority", f"round {round_} is not what was decided last")
    book = tools.decisions.find(incident.incident_id, round_)
    if book is None:
        raise RefusalError("authority", "the decision is not in the book")
    said = decision.model_dump(mode="json")
    if any((book.decision.get(name) or None) != (said.get(name) or None) for name in COMPARED):
        raise RefusalError("authority", "the book and the log disagree on what was decided")
    return decision, frozen


def _by_quorum(tools: Tools, decision: DecisionMade, frozen: EvidenceFrozen) -> None:
    if decision.route != "execute":
        raise RefusalError("authority", f"the decision's route is {decision.route}")
    result = redecide(tools, decision, frozen)
    if result.action is None or result.action != decision.action:
        raise RefusalError("certificate", f"the votes do not authorise it: {result.reason}")
