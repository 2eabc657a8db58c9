"""Conversion of CloudWatch dimensions and ARNs to resource ids, and back, by services' rows."""

import re
from collections.abc import Iterable, Mapping

from quorum.domain.base import RESOURCE_PATTERN, ResourceId
from quorum.domain.errors import InvalidInputError
from quorum.domain.topology import Service, ServiceMap
from quorum.services import naming
from quorum.services.rows import KINDS, kind_of

Dimensions = Iterable[tuple[str, str]]


def resource_id(kind: str, name: str) -> ResourceId | None:
    """Return `kind:name` if it is a valid resource id, else None."""
    text = f"{kind}:{name}"
    return text if RESOURCE_PATTERN.fullmatch(text) else None


def resolve(
    namespace: str | None, dimensions: Dimensions, service_map: ServiceMap | None = None
) -> ResourceId | None:
    """Return the resource that a metric belongs to, or None when it cannot be determined.

    An AWS namespace identifies a resource by its own dimensions alone. An operator's namespace does
    so by exactly one resource's dimensions, or because one service of the map declares the metric.
    """
    given = dict(dimensions)
    written = namespace or ""
    named = set(naming.in_any_namespace(given)) if not naming.is_of_aws(written) else set()
    if len(named) > 1:
        return None
    if named:
        return resource_id(*named.pop())
    found = naming.in_namespace(written, given) if written else None
    if found and KINDS[found[0]].anywhere:
        return resource_id(*found)
    declared = _declared(written, given, service_map or ServiceMap())
    if declared or found or naming.is_of_aws(written):
        return declared or (resource_id(*found) if found else None)
    own = naming.by_own_dimension(given)
    return resource_id(*own) if own else None


def alias_of(dimensions: Dimensions) -> str | None:
    """Return the alias in AWS/Lambda's `Resource` dimension (`function:alias`), or None."""
    _, _, qualifier = dict(dimensions).get("Resource", "").partition(":")
    return qualifier if qualifier and not qualifier.isdigit() and qualifier != "$LATEST" else None


def own_dimensions(
    resource: ResourceId,
    place: naming.Place | None = None,
    given: Mapping[str, str] | None = None,
) -> tuple[tuple[str, str], ...]:
    """Return the dimensions of the resource's metrics; none for a kind without a convention.

    `given`: the dimensions of an alarm on it, for what its id does not have.
    """
    kind = kind_of(resource)
    name = resource.partition(":")[2]
    return naming.dimensions(kind, name, place, given or {}) if kind else ()


def arn(resource: ResourceId, *, partition: str, region: str, account: str) -> str:
    """Return the resource's ARN. Raises InvalidInputError for kinds without one (`other:`)."""
    kind, _, name = resource.partition(":")
    row = KINDS.get(kind)
    if row is None or not row.arn:
        have = ", ".join(k.name for k in KINDS.values() if k.arn)
        raise InvalidInputError(f"resource {resource}: only {have} have an ARN")
    return naming.arn(row, name, naming.Place(partition, region, account))


def of_arn(text: str) -> ResourceId | None:
    """Return the resource of the ARN, without alias or version; None for kinds not supported."""
    found = naming.of_arn(text)
    return resource_id(*found) if found else None


def _declared(
    namespace: str, given: Mapping[str, str], service_map: ServiceMap
) -> ResourceId | None:
    """Return the one service of the map that publishes this metric, or None."""
    fits = [s for s in service_map.services if namespace and _publishes(s, namespace, given)]
    exact = [s for s in fits if _declares(s, given)]
    chosen = exact or fits
    return chosen[0].resource if len(chosen) == 1 else None


def _publishes(service: Service, namespace: str, given: Mapping[str, str]) -> bool:
    """Return whether the metric may be the service's.

    A dimension that is declared with another value rules it out. In AWS's namespaces, where many
    teams' resources are, all declared dimensions must be there.
    """
    metrics = service.metrics
    if metrics is None or not _named_by(metrics.namespace, metrics.version_namespace, namespace):
        return False
    declared = _declared_dimensions(service)
    if naming.is_of_aws(namespace):
        return _declares(service, given)
    return all(given.get(key, value) == value for key, value in declared.items())


def _declares(service: Service, given: Mapping[str, str]) -> bool:
    """Return whether the metric has all dimensions that the service declares, and it has some."""
    declared = _declared_dimensions(service)
    return bool(declared) and declared.items() <= given.items()


def _declared_dimensions(service: Service) -> Mapping[str, str]:
    metrics = service.metrics
    if metrics is None or metrics.dimensions is None:
        return dict(own_dimensions(service.resource))
    return metrics.dimensions


def _named_by(namespace: str, version_namespace: str | None, given: str) -> bool:
    pattern = re.escape(version_namespace or "").replace(r"\{version\}", r"[^/]+")
    return namespace == given or (bool(pattern) and re.fullmatch(pattern, given) is not None)
