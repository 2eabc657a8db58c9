"""Detect two faults at once: two resources that each have failures of their own.

A coarser test than the diagnosis seats', which rank resources: it must not miss a second fault in
series with gaps, so it compares failures in a few blocks of time.
"""

from collections.abc import Collection
from itertools import combinations
from math import sqrt
from typing import Final

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import Step, measured, steps

LEAST: Final = 3.0
SIGMAS: Final = 1.5
RECENT_SECONDS: Final = 900
MOST_BLOCKS: Final = 6

Blocks = list[float]
"""Failures beyond the usual ones since the onset, in blocks of equal time."""


def second_fault(bundle: Bundle) -> bool:
    """Return whether two resources have failures of their own that nothing in common explains.

    A failure passes from a callee to its callers, so a node's own failures are those beyond what
    its callees' explain. Two such nodes over one dependency that was changed recently, and has no
    figures of its own, may well be one fault. An edge that another function could have written may
    show a second fault and never explains one away.
    """
    trusted = bundle.model_copy(update={"edges": bundle.trusted_edges()})
    return _has_two(bundle) or _has_two(trusted)


def _has_two(bundle: Bundle) -> bool:
    return any(not _shared(bundle, *pair) for pair in combinations(failing_on_their_own(bundle), 2))


def failing_on_their_own(bundle: Bundle) -> tuple[ResourceId, ...]:
    """Return the resources with failures of their own since the onset."""
    excess = {resource: _excess(bundle, resource) for resource in measured(bundle)}
    return tuple(r for r in sorted(excess) if _has_its_own(bundle, r, excess))


def _has_its_own(bundle: Bundle, resource: ResourceId, excess: dict[ResourceId, Blocks]) -> bool:
    """Decide without the block with the most failures: a callee's point may be missing there."""
    callees, _ = _below(bundle, resource, excess)
    mine = excess[resource]
    explained = [sum(max(0.0, excess[c][n]) for c in callees) for n in range(len(mine))]
    own = sorted(mine[n] - explained[n] for n in range(len(mine)))
    kept = own[:-1] if len(own) > 2 else own  # noqa: PLR2004 - of two either may be the lost one
    return sum(kept) > LEAST + SIGMAS * sqrt(sum(explained) + _usual(bundle, resource))


def _excess(bundle: Bundle, resource: ResourceId) -> Blocks:
    known = steps(bundle, resource)
    rate = _failing(bundle, known)
    found = [0.0] * _blocks(bundle)
    for step in known:
        if step.at >= bundle.onset:
            found[_block(bundle, step.at)] += step.failures - rate * _exposure(step)
    return found


def _usual(bundle: Bundle, resource: ResourceId) -> float:
    """Return the number of failures that would be usual since the onset."""
    known = steps(bundle, resource)
    after = [step for step in known if step.at >= bundle.onset]
    return _failing(bundle, known) * sum(map(_exposure, after))


def _failing(bundle: Bundle, known: tuple[Step, ...]) -> float:
    """Return the failures per attempt before the onset; per period where requests are unknown."""
    before = [step for step in known if step.at < bundle.onset]
    exposed = sum(map(_exposure, before))
    return sum(step.failures for step in before) / exposed if exposed else 0.0


def _exposure(step: Step) -> float:
    return step.attempts if step.requests else 1.0


def _blocks(bundle: Bundle) -> int:
    periods = [s.period_seconds for s in bundle.series]
    seconds = bundle.taken_at.timestamp() - bundle.onset
    return max(1, min(MOST_BLOCKS, int(seconds // max(periods, default=1))))


def _block(bundle: Bundle, at: int) -> int:
    seconds = max(1.0, bundle.taken_at.timestamp() - bundle.onset)
    blocks = _blocks(bundle)
    return min(blocks - 1, int((at - bundle.onset) * blocks / seconds))


def _below(
    bundle: Bundle, resource: ResourceId, known: Collection[ResourceId]
) -> tuple[set[ResourceId], set[ResourceId]]:
    """Return the nearest dependencies with series, and those without on the way to them."""
    shown: set[ResourceId] = set()
    dark: set[ResourceId] = set()
    frontier = [resource]
    while frontier:
        here = frontier.pop()
        callees = {e.callee for e in bundle.edges if e.caller == here} - shown - dark - {resource}
        shown |= {c for c in callees if c in known}
        dark |= {c for c in callees if c not in known}
        frontier += sorted(c for c in callees if c not in known)
    return shown, dark


def _shared(bundle: Bundle, one: ResourceId, other: ResourceId) -> bool:
    known = measured(bundle)
    common = _below(bundle, one, known)[1] & _below(bundle, other, known)[1]
    return any(
        change.resource in common and change.at >= bundle.onset - RECENT_SECONDS
        for change in bundle.changes
        if not change.ours
    )
