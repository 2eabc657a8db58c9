"""Dependencies that the configuration of resources names, as the inventory stores them."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from pydantic import Field

from quorum.domain.base import RESOURCE_PATTERN, Epoch, Record, ResourceId
from quorum.domain.evidence import ResourceState
from quorum.domain.resource_settings import CALLED_BY, CALLS, named_in
from quorum.domain.topology import Pair, ServiceMap, of_pairs

KEPT_SECONDS: Final = 24 * 3600
"""Edges of a resource that could not be read since then are dropped."""
AGAIN_SECONDS: Final = 3600
"""Unchanged edges are stored again after this time: a write of a large item costs."""
MOST_EDGES: Final = 2000
"""Of all resources, so that the map fits in one item; the newest are kept."""


class NamedEdges(Record):
    """The dependencies that one resource's configuration names, or one list of mappings."""

    seen: Epoch
    pairs: tuple[Pair, ...]


class ConfiguredEdges(Record):
    """All dependencies by configuration, by the resource or list that names them."""

    v: Literal[1] = 1
    named: dict[str, NamedEdges] = Field(default_factory=dict)

    def updated(self, found: Mapping[str, Iterable[Pair]], now: float) -> "ConfiguredEdges":
        """Return the edges with those found now; what was not read now is kept for a day."""
        read = {name: NamedEdges(seen=int(now), pairs=tuple(found[name])) for name in found}
        kept = {n: one for n, one in self.named.items() if now - one.seen <= KEPT_SECONDS}
        left, chosen = MOST_EDGES, {}
        newest = sorted((kept | read).items(), key=lambda named: (-named[1].seen, named[0]))
        for name, one in newest:
            if one.pairs and len(one.pairs) <= left:
                left -= len(one.pairs)
                chosen[name] = one
        return ConfiguredEdges(named=chosen)

    def is_worth_storing(self, stored: "ConfiguredEdges") -> bool:
        """Return whether other edges are stored, or the same ones an hour ago or more."""
        if self.named.keys() != stored.named.keys():
            return True
        pairs = ((one, stored.named[name]) for name, one in self.named.items())
        return any(
            new.pairs != old.pairs or new.seen - old.seen >= AGAIN_SECONDS for new, old in pairs
        )

    def service_map(self) -> ServiceMap:
        """Return the edges as a map."""
        return of_pairs(
            (pair for one in self.named.values() for pair in one.pairs), "configuration"
        )


def pairs_of(state: ResourceState) -> tuple[Pair, ...]:
    """Return the (caller, callee) pairs that a resource's settings name.

    A dead-letter queue depends on the queue that its messages come from: its depth shows failures
    there, and none of its own.
    """
    own = state.resource
    callees, callers = named_in(state.settings, CALLS), named_in(state.settings, CALLED_BY)
    dead = state.settings.get("dlq") if own.startswith("sqs:") else None
    pairs = (
        *((own, callee) for callee in callees),
        *((caller, own) for caller in callers),
        *([(f"sqs:{dead}", own)] if dead else []),
    )
    return tuple((a, b) for a, b in pairs if a != b and _valid(a) and _valid(b))


def _valid(resource: ResourceId) -> bool:
    return RESOURCE_PATTERN.fullmatch(resource) is not None
