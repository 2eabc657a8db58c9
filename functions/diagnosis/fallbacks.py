"""Fallback methods of diagnosis: without call graph or rates, and without exact dates."""

from typing import Final

from functions.diagnosis.undeclared import AT_THE_NODE
from quorum.domain.call_graph import callees
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.change_windows import change_span, changes_undone

LATEST: Final = 0.6
"""Probability that the latest of several changes is the cause; of the rest, again the latest."""


def alarmed_node(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return shares for the candidates on the first alarm's resources and their callees."""
    alarmed = set(bundle.alarms[0].resources)
    called = {c for r in alarmed for c in callees(bundle, r)} - alarmed
    at_it = [c.id for c in bundle.candidates if c.resource in alarmed]
    below = [c.id for c in bundle.candidates if c.resource in called]
    probabilities = {i: AT_THE_NODE / len(at_it) for i in at_it}
    probabilities |= {i: AT_THE_NODE / 2 / len(below) for i in below}
    return Opinion(
        probabilities=probabilities,
        none=1 - AT_THE_NODE if not probabilities else 0.0,
        reason="candidates on the alarmed resource, and on what it calls",
        cites=tuple(s.id for s in bundle.series if s.alarmed),
    )


def latest_change(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return decreasing probabilities from the latest change before the onset backwards.

    Simultaneous changes share. Raises NotApplicableError if none precedes the onset.
    """
    slack = bundle.alarms[0].period_seconds
    since = {c.id: change_span(bundle, c).first for c in bundle.changes}
    before = {i: at for i, at in since.items() if at <= bundle.onset + slack}
    if not before:
        raise NotApplicableError("no change is dated before the onset")
    moments = sorted(set(before.values()), reverse=True)
    share = {
        i: LATEST * (1 - LATEST) ** moments.index(at) / list(before.values()).count(at)
        for i, at in before.items()
    }
    undone = changes_undone(bundle)
    probabilities = {i: share[change.id] for i, (_, change) in undone.items() if change.id in share}
    return Opinion(
        probabilities=probabilities,
        none=max(0.0, 1 - LATEST - sum(probabilities.values())),
        reason="by the order of the changes alone",
        cites=tuple(before)[:4],
    )
