"""Unproven changes: those whose resource has hardly had a request since."""

from typing import Final

from quorum.domain.base import ResourceId
from quorum.domain.call_graph import callees, witnesses
from quorum.domain.evidence import Bundle, Candidate, Change
from quorum.seats.signals.change_windows import change_span
from quorum.seats.signals.traffic import measured, points, versions

PROVEN: Final = 5.0
"""Requests since a change that are enough to judge it."""
GOOD: Final = 0.85
"""Probability that a change is good (change failure rates of 5 to 15 % are usual: DORA, 2023)."""


def probability_unspoiled(bundle: Bundle, candidate: Candidate) -> float:
    """Return the probability that no unproven change spoils the candidate's recovery.

    Traffic that returns when a failing caller is repaired meets every change below it.
    """
    dependencies = _dependencies(bundle, candidate.resource)
    unproven = [
        change
        for change in bundle.changes
        if change.id not in candidate.cites
        and not change.ours
        and change.resource in dependencies
        and _requests_since(bundle, change) < PROVEN
    ]
    return float(GOOD ** len({change.resource for change in unproven}))


def _dependencies(bundle: Bundle, resource: ResourceId) -> set[ResourceId]:
    shown = frozenset(measured(bundle))
    frontier = list(witnesses(bundle, resource, shown))
    found: set[ResourceId] = set()
    while frontier:
        new = set(callees(bundle, frontier.pop())) - found
        found |= new
        frontier.extend(new)
    return found - {resource}


def _requests_since(bundle: Bundle, change: Change) -> float:
    """Return the requests that met the change; PROVEN if there are no request counts."""
    showing = witnesses(bundle, change.resource, frozenset(measured(bundle)))
    if change.kind == "alias" and versions(bundle, change.resource):
        return sum(points(bundle, change.resource, "requests", str(change.after)).values())
    since = change_span(bundle, change).first
    counts = [
        count
        for resource in showing
        for at, count in points(bundle, resource, "requests").items()
        if at >= since
    ]
    return sum(counts) if showing else PROVEN
