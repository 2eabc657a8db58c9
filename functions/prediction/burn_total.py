"""Burn-total method: each resource's whole overspent budget, without windows or versions."""

from collections.abc import Mapping
from math import sqrt
from typing import Final

from quorum.domain.call_graph import caller_distances, witnesses
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.traffic import measured, traffic

OBJECTIVE: Final = 0.99
LISTED: Final = 0.7


def burn_total(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return shares by the budget overspent at a candidate's resources and upstream.

    Raises NotApplicableError if no budget is overspent.
    """
    end = bundle.taken_at.timestamp() + 1
    spent = {}
    for resource in measured(bundle):
        whole = traffic(bundle, resource, 0, end)
        allowed = whole.attempts * (1 - bundle.objectives.get(resource, OBJECTIVE))
        certain = whole.failures - 2 * sqrt(whole.failures + 1)
        spent[resource] = max(0.0, certain - allowed)
    total_spent = sum(spent.values())
    if not total_spent:
        raise NotApplicableError("no error budget is exceeded")
    weights = {c.id: _weight(bundle, c, spent) for c in bundle.candidates}
    total = sum(weights.values())
    return Opinion(
        probabilities={i: LISTED * w**2 / total for i, w in weights.items()} if total else {},
        none=1 - LISTED,
        reason=f"{total_spent:.0f} more failed requests than the objectives allow",
        cites=tuple(s.id for s in bundle.series if s.measure == "errors")[:6],
    )


def _weight(bundle: Bundle, candidate: Candidate, spent: Mapping[str, float]) -> float:
    """Return the share of the spend upstream of the candidate, scaled by its own spend."""
    showing = witnesses(bundle, candidate.resource, frozenset(spent))
    shows = max((spent[r] for r in showing), default=0.0) / max(spent.values())
    upstream = sum(spent.get(r, 0.0) for r in caller_distances(bundle, candidate.resource))
    return shows * upstream / sum(spent.values())
