"""Whom a fault reaches: who already shows it and since when, and who is next and about when."""

from collections.abc import Mapping
from math import sqrt
from statistics import median
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.call_graph import callees, caller_distances
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import before_and_after, measured, steps

SIGMA: Final = 3.0


class Reached(NamedTuple):
    """A resource with when it was, or probably will be, reached."""

    resource: ResourceId
    at: float
    """Epoch seconds."""
    probability: float
    """1 for who shows it already."""


def blast_radius(bundle: Bundle) -> tuple[Reached, ...]:
    """Return who is reached, in the order of time; then by probability and name.

    Who depends on someone reached is expected to follow as often, and as late, as others did here.
    Whom nobody measures may be reached, but is not judged.
    """
    hit = {r: at for r in measured(bundle) if (at := _since(bundle, r)) is not None}
    found = [Reached(resource, at, 1.0) for resource, at in hit.items()]
    pairs = [
        (caller, below)
        for caller in measured(bundle)
        for below in callees(bundle, caller)
        if below in hit
    ]
    lags = [hit[a] - hit[b] for a, b in pairs if a in hit and hit[a] >= hit[b]]
    follows = (sum(a in hit for a, _ in pairs) + 1) / (len(pairs) + 2)
    lag = max(float(_period(bundle)), median(lags) if lags else 0.0)
    found += [
        Reached(resource, bundle.taken_at.timestamp() + lag * calls, follows**calls)
        for resource, calls in _ahead(bundle, hit).items()
    ]
    return tuple(sorted(found, key=lambda r: (r.at, -r.probability, r.resource)))


def _ahead(bundle: Bundle, hit: Mapping[ResourceId, float]) -> dict[ResourceId, int]:
    """Return who depends on someone reached but is not, with the fewest calls between."""
    nearest: dict[ResourceId, int] = {}
    for resource in hit:
        for caller, calls in caller_distances(bundle, resource).items():
            if caller not in hit:
                nearest[caller] = min(calls, nearest.get(caller, calls))
    return nearest


def _since(bundle: Bundle, resource: ResourceId) -> float | None:
    """Return the first period since the onset that fails more than the resource usually does."""
    before, after = before_and_after(bundle, resource)
    usual = before.ratio
    excess = after.failures - usual * after.attempts
    if excess <= SIGMA * sqrt(usual * after.attempts + 1):
        return None
    since = (step for step in steps(bundle, resource) if step.at >= bundle.onset)
    return next((float(s.at) for s in since if s.failures > usual * s.attempts + 1), None)


def _period(bundle: Bundle) -> int:
    return min((series.period_seconds for series in bundle.series), default=60)
