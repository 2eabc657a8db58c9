"""Transparency: one incident with everything that it rests on."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from functions.api.console.graph import graph
from functions.api.console.plots import plots
from functions.api.dependencies import Tools
from functions.api.incidents import history, summary
from functions.api.reading import option, voted
from functions.api.recount import Signatures, recount, verify
from quorum.domain.errors import InvalidHistoryError, StoreUnavailableError
from quorum.domain.events import PostMortemWritten
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.incident import Incident
from quorum.domain.incident_view import IncidentView
from quorum.domain.seats import SEATS
from quorum.narrative import (
    THRESHOLD_BP,
    SeatRow,
    Words,
    actions,
    decision_words,
    gaps,
    outsider,
    timeline,
)

MOST_ROWS = 20


class Seen(NamedTuple):
    """The evidence where it can be read, and otherwise why not."""

    bundle: Bundle | None
    trouble: Words = ()


def transparency(tools: Tools, incident_id: str) -> dict[str, Any]:
    """Return what the page shows. Raises ProblemError (404)."""
    facts, folded = history(tools, incident_id)
    known = actions(facts)
    seen = _evidence(tools, folded)
    rows = voted(tools, folded, known)
    decision = folded.decision
    return {
        "incident": folded,
        "row": summary(tools.views.get(incident_id) or _unprojected(folded)),
        "lines": timeline(facts),
        "options": [option(tools, candidate) for candidate in known.values()],
        "asks": folded.approval if waits(folded) else None,
        "can_undo": folded.taken is not None and folded.undone is None,
        "votes": _with_the_missing(rows),
        "decision": decision_words(decision, known) if decision else None,
        "score_bp": decision.score_bp if decision else None,
        "threshold_bp": THRESHOLD_BP,
        "recount": recount(decision) if decision else None,
        "signatures": _signatures(tools, folded),
        "gaps": [*gaps(folded), *([seen.trouble] if seen.trouble else [])] if decision else [],
        "cost": next(
            (f.cost_microdollars for f in facts if isinstance(f, PostMortemWritten)), None
        ),
        "now": tools.now(),
        **_shown(seen.bundle, folded, known.values(), rows),
    }


def _signatures(tools: Tools, incident: Incident) -> Signatures | None:
    """Return the certificate's check; None for a decision of before votes were signed."""
    decision, frozen = incident.decision, incident.evidence
    if decision is None or frozen is None or not decision.certificate:
        return None
    return verify(decision, frozen, tools.verifier)


def waits(incident: Incident) -> bool:
    """Return whether a question to a person is open."""
    return incident.approval is not None and incident.answer is None and not incident.is_closed


def _evidence(tools: Tools, incident: Incident) -> Seen:
    frozen = incident.evidence
    if frozen is None:
        return Seen(None)
    try:
        return Seen(tools.evidence.get_bundle(frozen.evidence))
    except (StoreUnavailableError, InvalidHistoryError) as error:
        return Seen(None, ("The evidence cannot be shown: ", outsider(str(error)), "."))


def _shown(
    bundle: Bundle | None,
    incident: Incident,
    candidates: Sequence[Candidate] | Any,
    rows: Sequence[SeatRow],
) -> dict[str, Any]:
    if bundle is None:
        return {"bundle": None, "plots": (), "graph": None, "changes": (), "templates": ()}
    cited = {cite for row in rows for cite in row.cites}
    cited |= {cite for candidate in candidates for cite in candidate.cites}
    return {
        "bundle": bundle,
        "plots": plots(bundle, cited),
        "graph": graph(bundle, _blamed(incident)),
        "changes": sorted(bundle.changes, key=lambda c: (c.id not in cited, -c.at))[:MOST_ROWS],
        "templates": sorted(
            bundle.templates, key=lambda t: (t.id not in cited, t.before > 0, -t.after)
        )[:MOST_ROWS],
    }


def _blamed(incident: Incident) -> str | None:
    """Return the resource that the decision is about."""
    decision, frozen = incident.decision, incident.evidence
    if decision is None or frozen is None:
        return None
    return next((c.resource for c in frozen.candidates if c.id == decision.action), None)


def _with_the_missing(rows: Sequence[SeatRow]) -> list[SeatRow]:
    """Return a row for every seat, those that have not answered yet among them."""
    by_seat = {row.seat: row for row in rows}
    waiting = [
        SeatRow(seat.name, seat.role, None, ("has not answered yet",), None, outsider(""))
        for seat in SEATS
        if seat.name not in by_seat
    ]
    order = {seat.name: place for place, seat in enumerate(SEATS)}
    return sorted([*rows, *waiting], key=lambda row: order.get(row.seat, len(order)))


def _unprojected(incident: Incident) -> IncidentView:
    """Return the little that a list would show before the projection has caught up."""
    opened = incident.opened
    return IncidentView(
        incident_id=incident.incident_id,
        version=incident.version,
        status=incident.status,
        opened_at=opened.occurred_at,
        details={"alarm": opened.alarm.name, "resources": list(opened.alarm.resources)},
    )
