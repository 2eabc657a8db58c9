"""Incident page: the briefing, the question, the votes, and the evidence behind them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from functions.api.console.graph import graph
from functions.api.console.plots import plots
from functions.api.decision_audit import Signatures, recount, verify
from functions.api.dependencies import ApiDependencies
from functions.api.incident_queries import option, votes_of
from functions.api.incidents import history, summary
from functions.api.schemas import Option
from quorum.answers import EXAMPLES
from quorum.answers.briefing import briefing
from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.events import PostMortemWritten
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.incident import Incident
from quorum.domain.incident_view import IncidentView
from quorum.domain.seats import SEATS
from quorum.narrative import (
    OUTCOMES,
    THRESHOLD_BP,
    Actions,
    SeatRow,
    Words,
    actions,
    decision_words,
    earlier_incidents,
    gaps,
    next_look,
    outsider,
    timeline,
    tried,
)

MOST_ROWS: Final = 20
"""Maximum number of changes, and of log patterns, shown."""


class LoadedEvidence(NamedTuple):
    """The evidence bundle; without one, why it cannot be shown (empty if there is none yet)."""

    bundle: Bundle | None
    error: Words = ()


def incident_page(deps: ApiDependencies, incident_id: str) -> dict[str, Any]:
    """Return the page's content. Raises ProblemError (404)."""
    events, folded = history(deps, incident_id)
    known = actions(events)
    loaded = _evidence(deps, folded)
    rows = votes_of(deps, folded, known)
    decision, closed = folded.decision, folded.closed
    return {
        "incident": folded,
        "row": summary(deps.views.get(incident_id) or _unprojected(folded)),
        "brief": briefing(folded, loaded.bundle, known),
        "ended": OUTCOMES[closed.outcome] if closed else None,
        "lines": timeline(events),
        "options": _options(deps, folded, known),
        "pending": folded.approval if is_pending(folded) else None,
        "can_undo": folded.in_force,
        "tried": tried(folded, known),
        "seen": _seen(loaded.bundle),
        "look": next_look(decision) if decision and is_pending(folded) else [],
        "votes": _all_seats(rows),
        "voted": len(rows),
        "decision": decision_words(decision, known) if decision else None,
        "score_bp": decision.score_bp if decision else None,
        "threshold_bp": THRESHOLD_BP,
        "recount": recount(decision) if decision else None,
        "signatures": _signatures(deps, folded),
        "gaps": [*gaps(folded), *([loaded.error] if loaded.error else [])] if decision else [],
        "cost": next(
            (e.cost_microdollars for e in events if isinstance(e, PostMortemWritten)), None
        ),
        "examples": tuple(EXAMPLES.values()),
        "now": deps.now(),
        **_from_bundle(loaded.bundle, folded, known.values(), rows),
    }


class Seen(NamedTuple):
    """A match of the memory, and the incidents that it links to."""

    words: Words
    incidents: tuple[str, ...]


def _seen(bundle: Bundle | None) -> list[Seen]:
    """Return what the memory found, the same problem first."""
    found = sorted(bundle.seen if bundle else (), key=lambda one: not one.same)
    return [Seen(earlier_incidents(one), one.record.incidents) for one in found]


def _options(deps: ApiDependencies, incident: Incident, known: Actions) -> list[Option]:
    """Return the candidate actions, the proposed one first."""
    asked = incident.approval.action if incident.approval else None
    found = sorted(known.values(), key=lambda candidate: candidate.id != asked)
    return [option(deps, candidate) for candidate in found]


def is_pending(incident: Incident) -> bool:
    """Return whether an approval request waits for an answer."""
    return incident.approval is not None and incident.answer is None and not incident.is_closed


def _signatures(deps: ApiDependencies, incident: Incident) -> Signatures | None:
    """Return the certificate's check; None for a decision from before votes were signed."""
    decision, frozen = incident.decision, incident.basis
    if decision is None or frozen is None or not decision.certificate:
        return None
    return verify(decision, frozen, deps.verifier)


def _evidence(deps: ApiDependencies, incident: Incident) -> LoadedEvidence:
    frozen = incident.basis
    if frozen is None:
        return LoadedEvidence(None)
    try:
        return LoadedEvidence(deps.evidence.get_bundle(frozen.evidence))
    except (StoreUnavailableError, InvalidHistoryError) as error:
        return LoadedEvidence(None, ("The evidence cannot be shown: ", outsider(str(error)), "."))


def _from_bundle(
    bundle: Bundle | None,
    incident: Incident,
    candidates: Iterable[Candidate],
    rows: Sequence[SeatRow],
) -> dict[str, Any]:
    if bundle is None:
        return {"bundle": None, "plots": (), "graph": None, "changes": (), "templates": ()}
    cited = {cite for row in rows for cite in row.cites}
    cited |= {cite for candidate in candidates for cite in candidate.cites}
    return {
        "bundle": bundle,
        "plots": plots(bundle, cited),
        "graph": graph(bundle, _target(incident)),
        "changes": sorted(bundle.changes, key=lambda c: (c.id not in cited, -c.at))[:MOST_ROWS],
        "templates": sorted(
            bundle.templates, key=lambda t: (t.id not in cited, t.before > 0, -t.after)
        )[:MOST_ROWS],
    }


def _target(incident: Incident) -> str | None:
    """Return the resource that the decided action changes."""
    decision, frozen = incident.decision, incident.basis
    if decision is None or frozen is None:
        return None
    return next((c.resource for c in frozen.candidates if c.id == decision.action), None)


def _all_seats(rows: Sequence[SeatRow]) -> list[SeatRow]:
    """Return a row for every seat, including those that have not voted yet."""
    by_seat = {row.seat: row for row in rows}
    waiting = [
        SeatRow(seat.name, seat.role, None, ("no vote yet",), None, outsider(""))
        for seat in SEATS
        if seat.name not in by_seat
    ]
    order = {seat.name: place for place, seat in enumerate(SEATS)}
    return sorted([*rows, *waiting], key=lambda row: order.get(row.seat, len(order)))


def _unprojected(incident: Incident) -> IncidentView:
    """Return a minimal row for an incident that is not in the read model yet."""
    opened = incident.opened
    return IncidentView(
        incident_id=incident.incident_id,
        version=incident.version,
        status=incident.status,
        opened_at=opened.occurred_at,
        details={"alarm": opened.alarm.name, "resources": list(opened.alarm.resources)},
    )
