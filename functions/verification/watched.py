"""Whose traffic tells about recovery: the alarms' own resources, or their callers."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.events import affected
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.topology import Metrics, Service, ServiceMap
from quorum.ports.telemetry import MetricQuery

MINUTE: Final = 60
OF_LAMBDA: Final = Metrics(namespace="AWS/Lambda", requests="Invocations", errors="Errors")
NAMED_BY: Final = {
    "lambda": ("FunctionName",),
    "dynamodb": ("TableName",),
    "sqs": ("QueueName",),
    "ecs": ("ClusterName", "ServiceName"),
    "rds": ("DBInstanceIdentifier",),
}
"""The dimensions that name a resource, in the order of its name's parts."""
DEFAULT_OBJECTIVE: Final = 0.99


class Watched(NamedTuple):
    """A resource with its request and error counts; `objective` is the share to succeed."""

    resource: ResourceId
    requests: MetricQuery
    errors: MetricQuery
    objective: float

    @property
    def period(self) -> int:
        """Return the seconds between two points."""
        return self.requests.period_seconds


def watched(
    alarms: tuple[Alarm, ...], bundle: Bundle, service_map: ServiceMap
) -> tuple[Watched, ...]:
    """Return what to watch, each once; a resource that counts no requests is watched by its
    callers. Empty when nobody counts requests: then nothing can be verified."""
    found: dict[ResourceId, Watched] = {}
    for resource in affected(alarms):
        period = max((a.period_seconds for a in alarms if resource in a.resources), default=MINUTE)
        for one in _counting(resource, bundle, service_map):
            found.setdefault(one, _watch(one, period, bundle, service_map))
    return tuple(found[resource] for resource in sorted(found))


def _counting(
    resource: ResourceId, bundle: Bundle, service_map: ServiceMap
) -> Iterable[ResourceId]:
    if _metrics(resource, service_map.service(resource)) is not None:
        return [resource]
    edges = (*bundle.edges, *service_map.edges())
    callers = {edge.caller for edge in edges if edge.callee == resource}
    return [c for c in callers if _metrics(c, service_map.service(c)) is not None]


def _metrics(resource: ResourceId, service: Service | None) -> Metrics | None:
    if service is not None and service.metrics is not None:
        return service.metrics
    return OF_LAMBDA if resource.startswith("lambda:") else None


def _watch(resource: ResourceId, period: int, bundle: Bundle, service_map: ServiceMap) -> Watched:
    service = service_map.service(resource)
    metrics = _metrics(resource, service) or OF_LAMBDA
    if metrics.namespace.startswith("AWS/"):  # published once a minute
        period = -(-period // MINUTE) * MINUTE
    declared = service.success_objective if service else DEFAULT_OBJECTIVE
    return Watched(
        resource,
        _query(f"{resource} requests", metrics.requests, metrics, resource, period),
        _query(f"{resource} errors", metrics.errors, metrics, resource, period),
        bundle.objectives.get(resource, declared),
    )


def _query(id_: str, name: str, metrics: Metrics, resource: ResourceId, period: int) -> MetricQuery:
    kind, _, of = resource.partition(":")
    own = tuple(zip(NAMED_BY.get(kind, ()), of.split("/"), strict=False))
    declared = metrics.dimensions
    return MetricQuery(
        id=id_,
        namespace=metrics.namespace,
        metric=name,
        dimensions=own if declared is None else tuple(sorted(declared.items())),
        statistic="Sum",
        period_seconds=period,
    )
