"""Metrics and log group of a resource: as the service map declares, or by its service's row."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Alarm, ResourceState, Statistic
from quorum.domain.resources import own_dimensions
from quorum.domain.topology import Metrics, Service
from quorum.services.naming import Place
from quorum.services.row import Kind, Measure
from quorum.services.rows import kind_of

Dimensions = tuple[tuple[str, str], ...]


class Metric(NamedTuple):
    """One metric of a resource, or of one version of it."""

    namespace: str
    name: str
    dimensions: Dimensions
    measure: Measure
    statistic: Statistic
    version: str | None = None


def metrics_of(
    resource: ResourceId, service: Service | None, alarms: Sequence[Alarm] = ()
) -> tuple[Metric, ...]:
    """Return the resource's metrics as a whole.

    `alarms`: those on the resource give the dimensions of its metrics that its id does not have.
    """
    if service is not None and service.metrics is not None:
        declared = service.metrics
        return tuple(_declared(declared, declared.namespace, _dimensions(resource, declared)))
    kind = kind_of(resource)
    dimensions = _own(resource, kind, alarms) if kind else ()
    if kind is None or not dimensions:
        return ()
    return tuple(
        Metric(one.namespace or kind.namespace, one.metric, dimensions, one.measure, one.statistic)
        for one in kind.signals
    )


def _own(resource: ResourceId, kind: Kind, alarms: Sequence[Alarm]) -> Dimensions:
    """Return the resource's own dimensions; none where no alarm gives what its id lacks."""
    place = _place(alarms[0]) if alarms else None
    named = (dict(a.dimensions) for a in alarms if a.resources == (resource,))
    given = next((g for g in named if set(kind.given) <= set(g)), {})
    return own_dimensions(resource, place, given)


def _place(alarm: Alarm) -> Place:
    """Return the place of the alarm, which is that of its resources."""
    return Place(alarm.arn.split(":")[1], alarm.region, alarm.account)


def metrics_of_version(
    resource: ResourceId, service: Service | None, alias: str | None, version: str
) -> tuple[Metric, ...]:
    """Return the metrics of one version, where the service measures versions separately."""
    if service is not None and service.metrics is not None:
        declared = service.metrics
        if declared.version_namespace is None:
            return ()
        namespace = declared.version_namespace.replace("{version}", version)
        name = declared.version_dimension
        extra: Dimensions = ((name, version),) if name else ()
        dimensions = (*_dimensions(resource, declared), *extra)
        return tuple(_declared(declared, namespace, dimensions, version))
    if alias is None or not resource.startswith("lambda:"):
        return ()
    through: Dimensions = (
        ("Resource", f"{resource.partition(':')[2]}:{alias}"),
        ("ExecutedVersion", version),
    )
    return tuple(
        m._replace(dimensions=(*m.dimensions, *through), version=version)
        for m in metrics_of(resource, None)
        if m.measure != "throttles"  # a throttled call was served by no version
    )


def _dimensions(resource: ResourceId, metrics: Metrics) -> Dimensions:
    if metrics.dimensions is None:
        return own_dimensions(resource)
    return tuple(sorted(metrics.dimensions.items()))


def _declared(
    metrics: Metrics, namespace: str, dimensions: Dimensions, version: str | None = None
) -> Iterator[Metric]:
    yield Metric(namespace, metrics.requests, dimensions, "requests", "Sum", version)
    yield Metric(namespace, metrics.errors, dimensions, "errors", "Sum", version)
    yield Metric(namespace, metrics.latency, dimensions, "latency", "p95", version)
    if metrics.throttles is not None and version is None:
        yield Metric(namespace, metrics.throttles, dimensions, "throttles", "Sum")


def log_group(
    resource: ResourceId, service: Service | None, state: ResourceState | None = None
) -> str | None:
    """Return the resource's log group: declared, in its settings, or usual; None where unknown."""
    if service is not None and service.log_group is not None:
        return service.log_group
    configured = state.settings.get("log_group") if state is not None else None
    row = kind_of(resource)
    name = resource.partition(":")[2]
    usual = row.log_group.format(name=name) if row and row.log_group else None
    return str(configured) if configured else usual
