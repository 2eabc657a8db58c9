"""Blast radius: resources that already fail, and those that are likely to follow, with times."""

from collections.abc import Mapping
from math import sqrt
from statistics import median
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.call_graph import callees, caller_distances
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import before_and_after, measured, steps

SIGMA: Final = 3.0


class ReachedResource(NamedTuple):
    """A resource with the time at which it was, or probably will be, reached."""

    resource: ResourceId
    at: float
    """Epoch seconds."""
    probability: float
    """1 for a resource that already fails."""


def blast_radius(bundle: Bundle) -> tuple[ReachedResource, ...]:
    """Return the reached resources, ordered by time, then by probability and name.

    A dependent of a reached resource is expected to follow as often, and as late, as others did
    here. Unmeasured resources are not judged.
    """
    failing_since = {
        r: at for r in measured(bundle) if (at := _failing_since(bundle, r)) is not None
    }
    reached = [ReachedResource(resource, at, 1.0) for resource, at in failing_since.items()]
    pairs = [
        (caller, callee)
        for caller in measured(bundle)
        for callee in callees(bundle, caller)
        if callee in failing_since
    ]
    lags = [
        failing_since[a] - failing_since[b]
        for a, b in pairs
        if a in failing_since and failing_since[a] >= failing_since[b]
    ]
    follows = (sum(a in failing_since for a, _ in pairs) + 1) / (len(pairs) + 2)
    lag = max(float(_period(bundle)), median(lags) if lags else 0.0)
    reached += [
        ReachedResource(resource, bundle.taken_at.timestamp() + lag * calls, follows**calls)
        for resource, calls in _next_reached(bundle, failing_since).items()
    ]
    return tuple(sorted(reached, key=lambda r: (r.at, -r.probability, r.resource)))


def _next_reached(
    bundle: Bundle, failing_since: Mapping[ResourceId, float]
) -> dict[ResourceId, int]:
    """Return the dependents that are not reached yet, with the fewest calls between."""
    nearest: dict[ResourceId, int] = {}
    for resource in failing_since:
        for caller, calls in caller_distances(bundle, resource).items():
            if caller not in failing_since:
                nearest[caller] = min(calls, nearest.get(caller, calls))
    return nearest


def _failing_since(bundle: Bundle, resource: ResourceId) -> float | None:
    """Return the first period since the onset that fails more than usual."""
    before, after = before_and_after(bundle, resource)
    usual = before.ratio
    excess = after.failures - usual * after.attempts
    if excess <= SIGMA * sqrt(usual * after.attempts + 1):
        return None
    since = (step for step in steps(bundle, resource) if step.at >= bundle.onset)
    return next((float(s.at) for s in since if s.failures > usual * s.attempts + 1), None)


def _period(bundle: Bundle) -> int:
    return min((series.period_seconds for series in bundle.series), default=60)
