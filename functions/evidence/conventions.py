"""Metrics of a resource: as the service map declares, or by the conventions of its AWS service."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Measure, Statistic
from quorum.domain.topology import Metrics, Service

Dimensions = tuple[tuple[str, str], ...]


class Metric(NamedTuple):
    """One metric of a resource, or of one version of it."""

    namespace: str
    name: str
    dimensions: Dimensions
    measure: Measure
    statistic: Statistic
    version: str | None = None


_NAMED_BY: Final[dict[str, tuple[str, ...]]] = {
    # a resource's own dimensions, in the order of its name's parts
    "lambda": ("FunctionName",),
    "dynamodb": ("TableName",),
    "sqs": ("QueueName",),
    "ecs": ("ClusterName", "ServiceName"),
    "rds": ("DBInstanceIdentifier",),
}
_OF_AWS: Final[dict[str, tuple[str, tuple[tuple[str, Measure, Statistic], ...]]]] = {
    "lambda": (
        "AWS/Lambda",
        (
            ("Invocations", "requests", "Sum"),
            ("Errors", "errors", "Sum"),
            ("Duration", "latency", "p95"),
            ("Throttles", "throttles", "Sum"),
        ),
    ),
    "dynamodb": (
        "AWS/DynamoDB",
        (
            ("ReadThrottleEvents", "throttles", "Sum"),
            ("WriteThrottleEvents", "throttles", "Sum"),
            ("ConsumedReadCapacityUnits", "capacity", "Sum"),
            ("ConsumedWriteCapacityUnits", "capacity", "Sum"),
        ),
    ),
    "sqs": (
        "AWS/SQS",
        (
            ("ApproximateNumberOfMessagesVisible", "depth", "Maximum"),
            ("ApproximateAgeOfOldestMessage", "other", "Maximum"),
            ("NumberOfMessagesSent", "other", "Sum"),
            ("NumberOfMessagesDeleted", "other", "Sum"),
        ),
    ),
    "ecs": (
        "AWS/ECS",
        (("CPUUtilization", "capacity", "Average"), ("MemoryUtilization", "capacity", "Average")),
    ),
    "rds": (
        "AWS/RDS",
        (
            ("CPUUtilization", "capacity", "Average"),
            ("DatabaseConnections", "capacity", "Maximum"),
            ("ReadLatency", "latency", "Average"),
            ("WriteLatency", "latency", "Average"),
        ),
    ),
}


def own_dimensions(resource: ResourceId) -> Dimensions:
    """Return the dimensions that identify the resource; none for a kind without a convention."""
    kind, _, name = resource.partition(":")
    names = _NAMED_BY.get(kind, ())
    parts = name.split("/", len(names) - 1) if names else []
    return tuple(zip(names, parts, strict=False)) if len(parts) == len(names) else ()


def metrics_of(resource: ResourceId, service: Service | None) -> tuple[Metric, ...]:
    """Return the resource's metrics as a whole."""
    if service is not None and service.metrics is not None:
        declared = service.metrics
        return tuple(_declared(declared, declared.namespace, _dimensions(resource, declared)))
    namespace, metrics = _OF_AWS.get(resource.partition(":")[0], ("", ()))
    dimensions = own_dimensions(resource)
    return tuple(
        Metric(namespace, name, dimensions, measure, statistic)
        for name, measure, statistic in metrics
    )


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
