"""Explaining away along the call graph: what remains of a resource's excess is its own.

A caller's failures, or the time it takes, are explained by those of what it calls, as far as they
go. The resources that keep an excess of their own are the roots; candidates there share its weight.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from functions.diagnosis.excess import quantity
from functions.diagnosis.own_failures import excess, own
from functions.diagnosis.root_cause import roots
from quorum.domain.call_graph import addressed_failures, callees
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.votes import Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.traffic import measured, points

CONVINCING: Final = 3.0
"""Sigma of the clearest root by totals; below, nothing is named."""
ENOUGH: Final = 40
"""Periods before the onset from which on its windows tell what is usual."""
LISTED: Final = 0.82
"""How often a root's cause is among the candidates that bear on it, if there are any."""
UNMEASURED: Final = 0.1
"""Weight of a candidate that rests on a setting alone, of a resource that shows nothing."""

Shares = Mapping[tuple[str, str], float]
"""(resource, symptom) -> the probability that it is the root."""


class Found(NamedTuple):
    """The roots, what the deepest one shows, and the series that tell it."""

    shares: Shares
    deepest: str
    shows: str
    cites: tuple[str, ...]


def deepest_anomaly(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return each candidate's share of the roots it bears on.

    Raises NotApplicableError without an edge, or when no resource tells its requests.
    """
    shown = frozenset(measured(bundle))
    if not bundle.edges or not shown:
        raise NotApplicableError("no call graph, or no resource with request counts")
    found = by_windows(bundle) if has_a_past(bundle) else by_totals(bundle)
    if found is None:
        return Opinion(
            probabilities={},
            reason="no resource fails or waits beyond what its dependencies explain",
        )
    probabilities, none = _shared(bundle, found.shares, shown)
    return Opinion(
        probabilities=probabilities,
        none=none,
        reason=f"{found.deepest} has {found.shows} that its dependencies do not explain",
        cites=found.cites[:4],
    )


def has_a_past(bundle: Bundle) -> bool:
    """Return whether there are enough periods before the onset, or only windows can judge."""
    known = {at for r in bundle.alarms[0].resources for at in points(bundle, r, "requests")}
    past = sum(at < bundle.onset for at in known)
    return past >= ENOUGH or quantity(bundle) == "waiting"


def by_windows(bundle: Bundle) -> Found | None:
    """Return the roots whose excess no normal window has, or None."""
    of = quantity(bundle)
    named = roots(bundle, of)
    if not named:
        return None
    symptoms = {r.resource: _symptom(bundle, r.resource) for r in named}
    deepest = named[0]
    return Found(
        {(r.resource, symptoms[r.resource]): r.probability for r in named},
        deepest.resource,
        of if of == "waiting" else symptoms[deepest.resource],
        deepest.cites,
    )


def by_totals(bundle: Bundle) -> Found | None:
    """Return the roots by what came before and after the onset in all, or None.

    Raises NotApplicableError when no resource has both sides.
    """
    excesses = {r: e for r in measured(bundle) if (e := excess(bundle, r)) is not None}
    if not excesses:
        raise NotApplicableError("no resource has requests both before and after the onset")
    kept = own(bundle, excesses)
    if max((sigma for _, sigma in kept.values()), default=0.0) < CONVINCING:
        return None
    whole = sum(size for size, _ in kept.values())
    deepest, symptom = max(kept, key=lambda key: (kept[key], key))
    cites = tuple(s.id for s in bundle.series if s.resource == deepest)
    return Found({key: size / whole for key, (size, _) in kept.items()}, deepest, symptom, cites)


def _symptom(bundle: Bundle, resource: str) -> str:
    """Return which failures are more than before; a resource that is merely slow has errors."""
    new = excess(bundle, resource)
    return "throttles" if new is not None and new.throttles > new.errors else "errors"


def _shared(
    bundle: Bundle, shares: Shares, shown: frozenset[str]
) -> tuple[dict[str, float], float]:
    """Return the candidates' probabilities and that of none: each root's share goes to either."""
    found: dict[str, float] = {}
    none = 0.0
    for (resource, symptom), share in sorted(shares.items()):
        bearing = _bearing(bundle, resource, symptom, shown)
        none += share * (1 - LISTED if bearing else 1)
        for candidate, part in bearing.items():
            found[candidate] = found.get(candidate, 0.0) + share * LISTED * part
    return found, min(1.0, none)


def _bearing(
    bundle: Bundle, resource: str, symptom: str, shown: frozenset[str]
) -> dict[str, float]:
    """Return the candidates that could end this symptom here, and how they share it."""
    below = {c for c in callees(bundle, resource) if c not in shown}
    weights = {}
    for candidate in bundle.candidates:
        if candidate.resource == resource and addressed_failures(candidate) == symptom:
            weights[candidate.id] = 1.0
        elif candidate.resource in below and symptom == "errors":
            weights[candidate.id] = UNMEASURED if _from_state(candidate) else 1.0
    whole = sum(weights.values())
    return {i: w / whole for i, w in weights.items()}


def _from_state(candidate: Candidate) -> bool:
    return all(cite.startswith("state:") for cite in candidate.cites)
