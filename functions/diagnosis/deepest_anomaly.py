"""Deepest-anomaly method: explaining away along the call graph.

A caller's failures, or its latency, are explained by those of its callees as far as they go.
Resources with an unexplained excess of their own are the roots; their candidates share the roots'
weight.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from functions.diagnosis.excess import quantity
from functions.diagnosis.own_failures import excess, own_failures
from functions.diagnosis.root_cause import roots
from functions.diagnosis.undeclared import probability_of_own_fault, stands_alone
from quorum.domain.call_graph import addressed_failures, callees
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.traffic import measured, points

CONVINCING: Final = 3.0
"""Sigma of the clearest root by totals, below which no root is named."""
MIN_BASELINE: Final = 40
"""Periods before the onset that are enough for windows to show the usual level."""
LISTED: Final = 0.82
"""Probability that a root's cause is among its candidates, if it has any."""
UNMEASURED: Final = 0.1
"""Weight of a candidate that rests on a setting alone, of an unmeasured resource."""

Shares = Mapping[tuple[str, str], float]
"""(resource, symptom) -> the probability that it is the root."""


class LocatedRoots(NamedTuple):
    """The roots, the symptom of the deepest one, and the series that show it."""

    shares: Shares
    deepest: str
    shows: str
    cites: tuple[str, ...]


def deepest_anomaly(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return each candidate's share of the roots it bears on.

    Raises NotApplicableError without call graph, or if no resource has request counts. The alarmed
    resource alone is a graph as well, once its failures are convincing.
    """
    shown = frozenset(measured(bundle))
    alone = stands_alone(bundle, shown)
    if not shown or not (bundle.edges or alone):
        raise NotApplicableError("no call graph, or no resource with request counts")
    located = by_windows(bundle) if has_enough_baseline(bundle) else by_totals(bundle)
    if located is None and alone:
        raise NotApplicableError("no call graph, and too few failures")
    if located is None:
        return Opinion(
            probabilities={},
            reason="no resource fails or waits beyond what its dependencies explain",
        )
    probabilities, none = _share_among_candidates(bundle, located.shares, shown)
    if alone:
        own = {c.id: probability_of_own_fault(bundle, c) for c in bundle.candidates}
        probabilities = {i: p * own[i] for i, p in probabilities.items()}
        none = max(0.0, 1 - sum(probabilities.values()))
    explained = "may not explain: none is known" if alone else "do not explain"
    return Opinion(
        probabilities=probabilities,
        none=none,
        reason=f"{located.deepest} has {located.shows} that its dependencies {explained}",
        cites=located.cites[:4],
    )


def has_enough_baseline(bundle: Bundle) -> bool:
    """Return whether there are enough periods before the onset, or only windows can judge."""
    times = {at for r in bundle.alarms[0].resources for at in points(bundle, r, "requests")}
    past = sum(at < bundle.onset for at in times)
    return past >= MIN_BASELINE or quantity(bundle) == "waiting"


def by_windows(bundle: Bundle) -> LocatedRoots | None:
    """Return the roots whose excess no normal window shows, or None."""
    of = quantity(bundle)
    named = roots(bundle, of)
    if not named:
        return None
    symptoms = {r.resource: _symptom(bundle, r.resource) for r in named}
    deepest = named[0]
    return LocatedRoots(
        {(r.resource, symptoms[r.resource]): r.probability for r in named},
        deepest.resource,
        of if of == "waiting" else symptoms[deepest.resource],
        deepest.cites,
    )


def by_totals(bundle: Bundle) -> LocatedRoots | None:
    """Return the roots by the totals before and after the onset, or None.

    Raises NotApplicableError if no resource has both sides.
    """
    excesses = {r: e for r in measured(bundle) if (e := excess(bundle, r)) is not None}
    if not excesses:
        raise NotApplicableError("no resource has requests both before and after the onset")
    kept = own_failures(bundle, excesses)
    if max((sigma for _, sigma in kept.values()), default=0.0) < CONVINCING:
        return None
    total = sum(size for size, _ in kept.values())
    deepest, symptom = max(kept, key=lambda key: (kept[key], key))
    cites = tuple(s.id for s in bundle.series if s.resource == deepest)
    return LocatedRoots(
        {key: size / total for key, (size, _) in kept.items()}, deepest, symptom, cites
    )


def _symptom(bundle: Bundle, resource: str) -> str:
    """Return the failures that rose more; a resource that is merely slow has errors."""
    change = excess(bundle, resource)
    return "throttles" if change is not None and change.throttles > change.errors else "errors"


def _share_among_candidates(
    bundle: Bundle, shares: Shares, shown: frozenset[str]
) -> tuple[dict[str, float], float]:
    """Return the candidates' probabilities, and that of none."""
    by_candidate: dict[str, float] = {}
    none = 0.0
    for (resource, symptom), share in sorted(shares.items()):
        bearing = _bearing(bundle, resource, symptom, shown)
        none += share * (1 - LISTED if bearing else 1)
        for candidate, part in bearing.items():
            by_candidate[candidate] = by_candidate.get(candidate, 0.0) + share * LISTED * part
    return by_candidate, min(1.0, none)


def _bearing(
    bundle: Bundle, resource: str, symptom: str, shown: frozenset[str]
) -> dict[str, float]:
    """Return the candidates that could end this symptom here, with their shares."""
    below = {c for c in callees(bundle, resource) if c not in shown}
    weights = {}
    for candidate in bundle.candidates:
        if candidate.resource == resource and addressed_failures(candidate) == symptom:
            weights[candidate.id] = 1.0
        elif candidate.resource in below and symptom == "errors":
            weights[candidate.id] = UNMEASURED if _from_state(candidate) else 1.0
    total = sum(weights.values())
    return {i: w / total for i, w in weights.items()}


def _from_state(candidate: Candidate) -> bool:
    return all(cite.startswith("state:") for cite in candidate.cites)
