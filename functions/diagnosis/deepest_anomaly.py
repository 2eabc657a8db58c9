"""Explaining away along the call graph: what remains of a resource's failures is its own.

A caller's new failures are explained by the new failures of what it calls, as far as they go. The
resources that keep an excess of their own are the roots; candidates there share its weight.
"""

from collections.abc import Mapping
from math import sqrt
from typing import Final, NamedTuple

from functions.shared.analysis.distributions import upper_tail
from functions.shared.analysis.graph import addressed, callees, callers
from functions.shared.analysis.traffic import before_and_after, measured
from functions.shared.domain.errors import NotApplicableError
from functions.shared.domain.evidence import Bundle, Candidate
from functions.shared.domain.votes import Opinion
from functions.shared.seating import Deps

CONVINCING: Final = 3.0
"""Sigma of the clearest root; below, nothing is named."""
LISTED: Final = 0.82
"""How often a root's cause is among the candidates that bear on it, if there are any."""
UNMEASURED: Final = 0.1
"""Weight of a candidate that rests on a setting alone, of a resource that shows nothing."""


class Excess(NamedTuple):
    """New failures after the onset, in requests."""

    errors: float
    throttles: float
    attempts: float


def deepest_anomaly(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return each candidate's share of the roots it bears on.

    Raises NotApplicableError without an edge, or when no resource tells its requests.
    """
    excesses = {r: e for r in measured(bundle) if (e := excess(bundle, r)) is not None}
    if not bundle.edges or not excesses:
        raise NotApplicableError("no call graph, or no resource tells its requests")
    roots = own(bundle, excesses)
    clearest = max(roots.values(), key=lambda root: root[1], default=(0.0, 0.0))
    if clearest[1] < CONVINCING:
        return Opinion(probabilities={}, reason="no resource has failures of its own")
    found, none = _shared(bundle, roots, frozenset(measured(bundle)))
    deepest = max(roots, key=lambda key: (roots[key], key))
    return Opinion(
        probabilities=found,
        none=none,
        reason=f"{deepest[0]} has {deepest[1]} that nothing it calls explains",
        cites=tuple(s.id for s in bundle.series if s.resource == deepest[0])[:4],
    )


def _shared(
    bundle: Bundle, roots: Mapping[tuple[str, str], tuple[float, float]], shown: frozenset[str]
) -> tuple[dict[str, float], float]:
    """Return the candidates' probabilities and that of none: each root's weight goes to either."""
    whole = sum(size for size, _ in roots.values())
    found: dict[str, float] = {}
    none = 0.0
    for (resource, symptom), (size, _) in sorted(roots.items()):
        bearing = _bearing(bundle, resource, symptom, shown)
        none += size / whole * (1 - LISTED if bearing else 1)
        for candidate, share in bearing.items():
            found[candidate] = found.get(candidate, 0.0) + size / whole * LISTED * share
    return found, min(1.0, none)


def excess(bundle: Bundle, resource: str) -> Excess | None:
    """Return the resource's failures beyond its baseline, or None without a side of the onset."""
    before, after = before_and_after(bundle, resource)
    if not after.attempts or not (before.attempts or after.attempts == after.throttles):
        return None
    usual = after.attempts / before.attempts if before.attempts else 0.0
    return Excess(
        max(0.0, after.errors - before.errors * usual),
        max(0.0, after.throttles - before.throttles * usual),
        after.attempts,
    )


def own(
    bundle: Bundle, excesses: Mapping[str, Excess]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return, per (resource, symptom), the failures of its own and their sigma; the clear ones."""
    found = {}
    for resource, new in excesses.items():
        relayed = sum(
            _passed_on(bundle, resource, callee, excesses)
            for callee in callees(bundle, resource)
            if callee in excesses
        )
        rest = new.errors - relayed
        found[resource, "errors"] = (rest, rest / sqrt(new.errors + relayed + 2))
        found[resource, "throttles"] = (new.throttles, new.throttles / sqrt(new.throttles + 2))
    return {
        key: (size * (1 - upper_tail(sigma - 1)), sigma)
        for key, (size, sigma) in found.items()
        if sigma > 1
    }


def _passed_on(bundle: Bundle, caller: str, callee: str, excesses: Mapping[str, Excess]) -> float:
    """Return how many of the callee's failures its caller saw: by its share of the attempts."""
    attempts = [excesses[c].attempts for c in callers(bundle, callee) if c in excesses]
    share = excesses[caller].attempts / sum(attempts)
    return share * (excesses[callee].errors + excesses[callee].throttles)


def _bearing(
    bundle: Bundle, resource: str, symptom: str, shown: frozenset[str]
) -> dict[str, float]:
    """Return the candidates that could end this symptom here, and how they share it."""
    below = {c for c in callees(bundle, resource) if c not in shown}
    weights = {}
    for candidate in bundle.candidates:
        if candidate.resource == resource and addressed(candidate) == symptom:
            weights[candidate.id] = 1.0
        elif candidate.resource in below and symptom == "errors":
            weights[candidate.id] = UNMEASURED if _from_state(candidate) else 1.0
    whole = sum(weights.values())
    return {i: w / whole for i, w in weights.items()}


def _from_state(candidate: Candidate) -> bool:
    return all(cite.startswith("state:") for cite in candidate.cites)
