"""Resources in scope of the evidence: the alarms', their neighbours and their dependencies."""

from collections.abc import Iterable, Sequence
from typing import Final

from quorum.domain.base import ResourceId
from quorum.domain.changes import is_watched
from quorum.domain.evidence import Edge
from quorum.domain.topology import downstream, neighbours

MOST: Final = 25


def scope(
    alarmed: Sequence[ResourceId], edges: Iterable[Edge], most: int = MOST
) -> tuple[ResourceId, ...]:
    """Return the resources in scope, the nearest first; what does not fit is the farthest.

    The alarms' own resources come first, then their neighbours, then all below them.
    """
    known = tuple(edges)
    near = sorted({r for resource in alarmed for r in neighbours(known, resource)})
    below = sorted({r for resource in alarmed for r in downstream(known, resource)})
    return tuple(dict.fromkeys((*alarmed, *near, *below)))[:most]


def everything_watched(known: Iterable[ResourceId], most: int = MOST) -> tuple[ResourceId, ...]:
    """Return those of the resources whose settings are watched for changes, each once, in order."""
    return tuple(sorted(filter(is_watched, set(known))))[:most]


def within(edges: Iterable[Edge], resources: Iterable[ResourceId]) -> tuple[Edge, ...]:
    """Return the edges between these resources, each once, in a stable order."""
    known = set(resources)
    found: dict[tuple[ResourceId, ResourceId], Edge] = {}
    for edge in edges:
        if {edge.caller, edge.callee} <= known:
            found.setdefault((edge.caller, edge.callee), edge)
    return tuple(found[pair] for pair in sorted(found))
