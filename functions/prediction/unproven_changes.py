"""Changes that nobody can judge yet: what they changed has hardly had a request since."""

from typing import Final

from quorum.domain.base import ResourceId
from quorum.domain.call_graph import callees, witnesses
from quorum.domain.evidence import Bundle, Candidate, Change
from quorum.seats.signals.change_windows import change_span
from quorum.seats.signals.traffic import measured, points, versions

PROVEN: Final = 5.0
"""Requests since a change from which on it may be judged."""
GOOD: Final = 0.85
"""How often a change turns out well (change failure rates of 5 to 15 % are usual: DORA, 2023)."""


def unspoiled(bundle: Bundle, candidate: Candidate) -> float:
    """Return the probability that no unjudged change spoils what the candidate would bring back.

    Traffic that returns when a failing caller is repaired meets all that was changed below.
    """
    below = _below(bundle, candidate.resource)
    spoiling = [
        change
        for change in bundle.changes
        if change.id not in candidate.cites
        and not change.ours
        and change.resource in below
        and _requests(bundle, change) < PROVEN
    ]
    return float(GOOD ** len({change.resource for change in spoiling}))


def _below(bundle: Bundle, resource: ResourceId) -> set[ResourceId]:
    shown = frozenset(measured(bundle))
    frontier = list(witnesses(bundle, resource, shown))
    found: set[ResourceId] = set()
    while frontier:
        new = set(callees(bundle, frontier.pop())) - found
        found |= new
        frontier.extend(new)
    return found - {resource}


def _requests(bundle: Bundle, change: Change) -> float:
    """Return the requests that met the change; where nobody tells, it counts as proven."""
    near = witnesses(bundle, change.resource, frozenset(measured(bundle)))
    if change.kind == "alias" and versions(bundle, change.resource):
        return sum(points(bundle, change.resource, "requests", str(change.after)).values())
    since = change_span(bundle, change).first
    met = [
        count
        for resource in near
        for at, count in points(bundle, resource, "requests").items()
        if at >= since
    ]
    return sum(met) if near else PROVEN
