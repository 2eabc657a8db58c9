"""The declared service map: dependencies between services, and their metrics and log groups."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from quorum.domain.base import Record, ResourceId
from quorum.domain.evidence import Edge


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
    metrics: Metrics | None = None
    log_group: str | None = None
    success_objective: float = Field(default=0.99, gt=0, lt=1)


class ServiceMap(Record):
    """The service map as stored in SSM."""

    v: Literal[1] = 1
    services: tuple[Service, ...] = ()

    def edges(self) -> tuple[Edge, ...]:
        """Return one edge per declared dependency, in a stable order."""
        pairs = {(s.resource, callee) for s in self.services for callee in s.depends_on}
        return tuple(Edge(caller=a, callee=b) for a, b in sorted(pairs))

    def service(self, resource: ResourceId) -> Service | None:
        """Return the resource's entry, or None."""
        return next((s for s in self.services if s.resource == resource), None)


def of_pairs(pairs: Iterable[tuple[ResourceId, ResourceId]]) -> ServiceMap:
    """Return the map of (caller, callee) pairs, without self-dependencies."""
    callees: dict[ResourceId, set[ResourceId]] = {}
    for caller, callee in pairs:
        if caller != callee:
            callees.setdefault(caller, set()).add(callee)
    return ServiceMap(
        services=tuple(
            Service(resource=caller, depends_on=tuple(sorted(names)))
            for caller, names in sorted(callees.items())
        )
    )


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
