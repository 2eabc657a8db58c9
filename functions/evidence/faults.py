"""Whether two faults show at once: two nodes fail for reasons of their own."""

from itertools import combinations
from math import sqrt
from typing import Final

from functions.shared.analysis.traffic import before_and_after, measured
from functions.shared.domain.evidence import Bundle
from functions.shared.domain.model import ResourceId
from functions.shared.domain.topology import downstream

LEAST: Final = 3.0
SIGMAS: Final = 3.0
RECENT_SECONDS: Final = 900

Excess = dict[ResourceId, float]


def second_fault(bundle: Bundle) -> bool:
    """Return whether two resources have failures of their own that nothing in common explains.

    A failure passes from a callee to its callers, so a node's own failures are those beyond what
    its callees' explain. Two such nodes over one dependency that was changed recently, and has no
    figures of its own, may well be one fault.
    """
    return any(not _shared(bundle, *pair) for pair in combinations(roots(bundle), 2))


def roots(bundle: Bundle) -> tuple[ResourceId, ...]:
    """Return the resources with failures of their own since the onset."""
    excess = {r: _excess(bundle, r) for r in measured(bundle)}
    return tuple(r for r in sorted(excess) if _own(bundle, r, excess))


def _excess(bundle: Bundle, resource: ResourceId) -> float:
    """Return the failures since the onset beyond those that were usual before it."""
    before, after = before_and_after(bundle, resource)
    if before.requests or after.requests:
        usual = before.ratio * after.attempts
    else:  # a table tells its throttles and not its requests
        usual = before.failures * _after_to_before(bundle)
    found = after.failures - usual
    return found if found > LEAST + SIGMAS * sqrt(usual) else 0.0


def _after_to_before(bundle: Bundle) -> float:
    starts = [series.points[0][0] for series in bundle.series if series.points]
    before = bundle.onset - min(starts, default=bundle.onset)
    return (bundle.taken_at.timestamp() - bundle.onset) / before if before > 0 else 0.0


def _own(bundle: Bundle, resource: ResourceId, excess: Excess) -> bool:
    mine = excess[resource]
    explained = sum(excess[callee] for callee in _nearest(bundle, resource, excess))
    return mine > 0 and mine - explained > LEAST + SIGMAS * sqrt(mine)


def _nearest(bundle: Bundle, resource: ResourceId, excess: Excess) -> set[ResourceId]:
    """Return the nearest dependencies that have figures, through those that have none."""
    found: set[ResourceId] = set()
    frontier, passed = [resource], {resource}
    while frontier:
        here = frontier.pop()
        callees = {e.callee for e in bundle.edges if e.caller == here} - passed
        passed |= callees
        found |= {c for c in callees if c in excess}
        frontier += sorted(c for c in callees if c not in excess)
    return found


def _shared(bundle: Bundle, one: ResourceId, other: ResourceId) -> bool:
    common = downstream(bundle.edges, one) & downstream(bundle.edges, other)
    known = set(measured(bundle))
    return any(
        change.resource in common - known and change.at >= bundle.onset - RECENT_SECONDS
        for change in bundle.changes
        if not change.ours
    )
