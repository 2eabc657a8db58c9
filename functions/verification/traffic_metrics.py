"""Traffic metrics that show recovery: of the alarms' own resources, or of their callers."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.events import affected
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.resources import own_dimensions
from quorum.domain.topology import Metrics, Service, ServiceMap
from quorum.ports.telemetry import MetricQuery
from quorum.services.naming import is_of_aws

MINUTE: Final = 60
LAMBDA_METRICS: Final = Metrics(namespace="AWS/Lambda", requests="Invocations", errors="Errors")
DEFAULT_OBJECTIVE: Final = 0.99


class TrafficMetrics(NamedTuple):
    """A resource's request and error counts; `objective`: the share that should succeed."""

    resource: ResourceId
    requests: MetricQuery
    errors: MetricQuery
    objective: float
    own: bool = True
    """False for a caller of the alarmed resource, which counts no requests itself."""

    @property
    def period(self) -> int:
        """Return the seconds between two points."""
        return self.requests.period_seconds


def traffic_to_watch(
    alarms: tuple[Alarm, ...], bundle: Bundle, service_map: ServiceMap
) -> tuple[TrafficMetrics, ...]:
    """Return the metrics to watch, each resource once; its callers' if it counts no requests.

    Empty if no request counts exist: then nothing can be verified.
    """
    found: dict[ResourceId, TrafficMetrics] = {}
    for resource in affected(alarms):
        period = max((a.period_seconds for a in alarms if resource in a.resources), default=MINUTE)
        for one in _measured_resources(resource, bundle, service_map):
            metrics = _traffic_metrics(one, period, bundle, service_map)
            found.setdefault(one, metrics._replace(own=one == resource))
    return tuple(found[resource] for resource in sorted(found))


def _measured_resources(
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
    return LAMBDA_METRICS if resource.startswith("lambda:") else None


def _traffic_metrics(
    resource: ResourceId, period: int, bundle: Bundle, service_map: ServiceMap
) -> TrafficMetrics:
    service = service_map.service(resource)
    metrics = _metrics(resource, service) or LAMBDA_METRICS
    if is_of_aws(metrics.namespace):  # published once a minute
        period = -(-period // MINUTE) * MINUTE
    declared = service.success_objective if service else DEFAULT_OBJECTIVE
    return TrafficMetrics(
        resource,
        _query(f"{resource} requests", metrics.requests, metrics, resource, period),
        _query(f"{resource} errors", metrics.errors, metrics, resource, period),
        bundle.objectives.get(resource, declared),
    )


def _query(id_: str, name: str, metrics: Metrics, resource: ResourceId, period: int) -> MetricQuery:
    declared = metrics.dimensions
    return MetricQuery(
        id=id_,
        namespace=metrics.namespace,
        metric=name,
        dimensions=own_dimensions(resource)
        if declared is None
        else tuple(sorted(declared.items())),
        statistic="Sum",
        period_seconds=period,
    )
