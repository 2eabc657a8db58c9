"""Traffic metrics that show recovery: of the alarms' own resources, or of their callers.

They are those that the service map declares, or those of the row of the resource's AWS service.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.conventions import Metric, metrics_of
from quorum.domain.events import affected
from quorum.domain.evidence import Alarm, Bundle, Measure
from quorum.domain.topology import Service, ServiceMap
from quorum.ports.telemetry import MetricQuery
from quorum.services.naming import is_of_aws
from quorum.services.rows import kind_of

MINUTE: Final = 60
DEFAULT_OBJECTIVE: Final = 0.99
COUNTS: Final = frozenset({"Sum", "SampleCount"})
"""Statistics that count: a rate or a maximum cannot be added up over periods."""


class TrafficMetrics(NamedTuple):
    """A resource's request and error counts; `objective`: the share that should succeed."""

    resource: ResourceId
    requests: tuple[MetricQuery, ...]
    """Added up: an API of two protocols counts the requests of each."""
    errors: tuple[MetricQuery, ...]
    """Added up: a load balancer's own failures, and those of its targets."""
    objective: float
    own: bool = True
    """False for a caller of the alarmed resource, which counts no requests itself."""

    @property
    def period(self) -> int:
        """Return the seconds between two points."""
        return self.requests[0].period_seconds

    @property
    def queries(self) -> tuple[MetricQuery, ...]:
        """Return all queries, each once."""
        return tuple(dict.fromkeys((*self.requests, *self.errors)))


class _Watch(NamedTuple):
    """Everything that decides about which traffic is watched."""

    alarms: tuple[Alarm, ...]
    bundle: Bundle
    service_map: ServiceMap

    def service(self, resource: ResourceId) -> Service | None:
        """Return the resource's entry in the service map, or None."""
        return self.service_map.service(resource)

    def counts(self, resource: ResourceId, measure: Measure) -> tuple[Metric, ...]:
        """Return the resource's metrics that count its requests or errors."""
        found = metrics_of(resource, self.service(resource), self.alarms)
        return tuple(m for m in found if m.measure == measure and m.statistic in COUNTS)


def traffic_to_watch(
    alarms: tuple[Alarm, ...], bundle: Bundle, service_map: ServiceMap
) -> tuple[TrafficMetrics, ...]:
    """Return the metrics to watch, each resource once; its callers' if it counts no requests.

    Empty if no request counts exist: then no request can show a recovery.
    """
    watch = _Watch(alarms, bundle, service_map)
    found: dict[ResourceId, TrafficMetrics] = {}
    for resource in affected(alarms):
        period = max((a.period_seconds for a in alarms if resource in a.resources), default=MINUTE)
        for one in _measured_resources(resource, watch):
            metrics = _traffic_metrics(one, period, watch)
            found.setdefault(one, metrics._replace(own=one == resource))
    return tuple(found[resource] for resource in sorted(found))


def _measured_resources(resource: ResourceId, watch: _Watch) -> Iterable[ResourceId]:
    if _is_measured(resource, watch):
        return [resource]
    edges = (*watch.bundle.trusted_edges(), *watch.service_map.edges())
    callers = {edge.caller for edge in edges if edge.callee == resource}
    return [caller for caller in callers if _is_measured(caller, watch)]


def _is_measured(resource: ResourceId, watch: _Watch) -> bool:
    """Return whether requests and errors of the resource are counted: one alone shows no success.

    Metrics that are published only once an operator switches them on have to be in the evidence.
    """
    kind = kind_of(resource)
    if kind is not None and kind.opt_in:
        shown = {(s.resource, s.measure) for s in watch.bundle.series}
        if (resource, "requests") not in shown:
            return False
    return bool(watch.counts(resource, "requests") and watch.counts(resource, "errors"))


def _traffic_metrics(resource: ResourceId, period: int, watch: _Watch) -> TrafficMetrics:
    service = watch.service(resource)
    requests, errors = watch.counts(resource, "requests"), watch.counts(resource, "errors")
    kind = kind_of(resource)
    if kind is not None and kind.ended and (service is None or service.metrics is None):
        # those that have begun may still fail: the ones that ended are counted
        requests = (*(requests[0]._replace(name=name) for name in kind.ended), *errors)
    if is_of_aws(requests[0].namespace):  # published once a minute
        period = -(-period // MINUTE) * MINUTE
    declared = service.success_objective if service else DEFAULT_OBJECTIVE
    return TrafficMetrics(
        resource,
        tuple(_query(resource, one, period) for one in requests),
        tuple(_query(resource, one, period) for one in errors),
        watch.bundle.objectives.get(resource, declared),
    )


def _query(resource: ResourceId, metric: Metric, period: int) -> MetricQuery:
    return MetricQuery(
        id=f"{resource} {metric.name}",
        namespace=metric.namespace,
        metric=metric.name,
        dimensions=metric.dimensions,
        statistic=metric.statistic,
        period_seconds=period,
    )
