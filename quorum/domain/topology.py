"""The declared service map: dependencies between services, and their metrics and log groups."""

import operator
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from pydantic import Field

from quorum.domain.base import Record, ResourceId
from quorum.domain.evidence import Edge, EdgeSource

TAG: Final = "quorum:depends-on"
"""The tag of a resource that lists its dependencies."""

Pair = tuple[ResourceId, ResourceId]
"""A caller and a callee."""


class Metrics(Record):
    """The location of a service's request metrics; `version_namespace` contains `{version}`."""

    namespace: str
    dimensions: dict[str, str] | None = None
    """None: the dimensions that name the resource, such as FunctionName for `lambda:`."""
    version_namespace: str | None = None
    version_dimension: str | None = "ExecutedVersion"
    """The extra dimension of a version's series; None when the namespace alone identifies it."""
    requests: str = "Requests"
    errors: str = "Errors"
    latency: str = "LatencyMs"
    throttles: str | None = "Throttles"


class Service(Record):
    """One service of the map."""

    resource: ResourceId
    alias: str | None = None
    depends_on: tuple[ResourceId, ...] = ()
    source: EdgeSource | None = Field(default=None, exclude_if=operator.not_)
    """Origin of the service and of its dependencies; None: it is declared."""
    sources: dict[ResourceId, EdgeSource] = Field(default_factory=dict, exclude_if=operator.not_)
    """Origins of dependencies, where they have another one than the service."""
    metrics: Metrics | None = None
    log_group: str | None = None
    success_objective: float = Field(default=0.99, gt=0, lt=1)

    def source_of(self, callee: ResourceId) -> EdgeSource:
        """Return where the dependency is known from."""
        return self.sources.get(callee) or self.source or "declared"

    def having(self, callees: Mapping[ResourceId, EdgeSource]) -> "Service":
        """Return the service with these dependencies and their sources."""
        own = self.source or "declared"
        others = {callee: source for callee, source in callees.items() if source != own}
        return self.model_copy(update={"depends_on": tuple(callees), "sources": others})


class ServiceMap(Record):
    """The service map as stored in SSM."""

    v: Literal[1] = 1
    services: tuple[Service, ...] = ()

    def edges(self) -> tuple[Edge, ...]:
        """Return one edge per declared dependency, in a stable order."""
        found = {
            (service.resource, callee): service.source_of(callee)
            for service in self.services
            for callee in service.depends_on
        }
        return tuple(Edge(caller=a, callee=b, source=found[a, b]) for a, b in sorted(found))

    def service(self, resource: ResourceId) -> Service | None:
        """Return the resource's entry, or None."""
        return next((s for s in self.services if s.resource == resource), None)


def of_pairs(pairs: Iterable[Pair], source: EdgeSource) -> ServiceMap:
    """Return the map of (caller, callee) pairs of one source, without self-dependencies."""
    callees: dict[ResourceId, set[ResourceId]] = {}
    for caller, callee in pairs:
        if caller != callee:
            callees.setdefault(caller, set()).add(callee)
    return ServiceMap(
        services=tuple(
            Service(resource=caller, depends_on=tuple(sorted(names)), source=source)
            for caller, names in sorted(callees.items())
        )
    )


def merged(maps: Iterable[ServiceMap]) -> ServiceMap:
    """Return one map: each service as its first map has it, with the dependencies of all.

    A dependency is of the first map that has it. One by configuration against a dependency of an
    earlier map is left out: an operator who declares that a consumer depends on its queue has
    decided the direction.
    """
    services: dict[ResourceId, Service] = {}
    callees: dict[ResourceId, dict[ResourceId, EdgeSource]] = {}
    for one in maps:
        earlier = {(caller, callee) for caller, known in callees.items() for callee in known}
        for service in one.services:
            services.setdefault(service.resource, service)
            known = callees.setdefault(service.resource, {})
            for callee in service.depends_on:
                source = service.source_of(callee)
                if source != "configuration" or (callee, service.resource) not in earlier:
                    known.setdefault(callee, source)
    return ServiceMap(services=tuple(one.having(callees[name]) for name, one in services.items()))


def neighbours(edges: Iterable[Edge], resource: ResourceId) -> frozenset[ResourceId]:
    """Return the resources one step away, in either direction."""
    return frozenset(
        [e.callee for e in edges if e.caller == resource]
        + [e.caller for e in edges if e.callee == resource]
    )


def downstream(edges: Iterable[Edge], resource: ResourceId) -> frozenset[ResourceId]:
    """Return all direct and indirect dependencies of the resource, without itself."""
    all_edges = list(edges)
    reached: set[ResourceId] = set()
    frontier = [resource]
    while frontier:
        current = frontier.pop()
        new = {e.callee for e in all_edges if e.caller == current} - reached - {resource}
        reached |= new
        frontier.extend(new)
    return frozenset(reached)
