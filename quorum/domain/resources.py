"""Conversion of CloudWatch dimensions and ARNs to resource ids, and back."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from quorum.domain.base import RESOURCE_PATTERN, ResourceId
from quorum.domain.errors import InvalidInputError
from quorum.domain.topology import Service, ServiceMap

Dimensions = Iterable[tuple[str, str]]

_BY_DIMENSION: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    # (the service's own namespace, the dimensions that name a resource, kind of resource)
    ("AWS/Lambda", ("FunctionName",), "lambda"),
    ("AWS/DynamoDB", ("TableName",), "dynamodb"),
    ("AWS/SQS", ("QueueName",), "sqs"),
    ("AWS/ECS", ("ClusterName", "ServiceName"), "ecs"),
    ("AWS/RDS", ("DBInstanceIdentifier",), "rds"),
)
_FUNCTION: Final = re.compile(
    r"(?:arn:[^:]*:lambda:[^:]*:\d*:function:)?([A-Za-z0-9_-]{1,64})(:.*)?"
)
_ARN: Final = re.compile(r"arn:[^:]*:([a-z]+):[^:]*:\d*:(.+)")
_ARN_FORMS: Final[dict[str, tuple[str, str]]] = {
    # kind: the ARN's text before the name, and the prefix of the name in our id
    "lambda": ("function:", ""),
    "dynamodb": ("table/", ""),
    "sqs": ("", ""),
    "ssm": ("parameter/", "/"),
    "ecs": ("service/", ""),
    "rds": ("db:", ""),
}


def resource_id(kind: str, name: str) -> ResourceId | None:
    """Return `kind:name` if it is a valid resource id, else None."""
    text = f"{kind}:{name}"
    return text if RESOURCE_PATTERN.fullmatch(text) else None


def resolve(
    namespace: str | None, dimensions: Dimensions, service_map: ServiceMap | None = None
) -> ResourceId | None:
    """Return the resource that a metric belongs to, or None when it cannot be determined.

    An AWS namespace identifies a resource by its own dimension alone. An operator's namespace does
    so by exactly one such dimension, or because one service of the map declares the namespace.
    """
    given = dict(dimensions)
    resources = {
        resource
        for aws_namespace, names, kind in _BY_DIMENSION
        if namespace == aws_namespace or not (namespace or "").startswith("AWS/")
        if (resource := _named(kind, names, given)) is not None
    }
    if len(resources) == 1:
        return resources.pop()
    return None if resources else _declared(namespace, service_map or ServiceMap())


def alias_of(dimensions: Dimensions) -> str | None:
    """Return the alias in AWS/Lambda's `Resource` dimension (`function:alias`), or None."""
    _, _, qualifier = dict(dimensions).get("Resource", "").partition(":")
    return qualifier if qualifier and not qualifier.isdigit() and qualifier != "$LATEST" else None


def arn(resource: ResourceId, *, partition: str, region: str, account: str) -> str:
    """Return the resource's ARN. Raises InvalidInputError for kinds without one (`other:`)."""
    kind, _, name = resource.partition(":")
    if kind not in _ARN_FORMS:
        raise InvalidInputError(f"resource {resource}: only {', '.join(_ARN_FORMS)} have an ARN")
    prefix, _ = _ARN_FORMS[kind]
    return f"arn:{partition}:{kind}:{region}:{account}:{prefix}{name.removeprefix('/')}"


def of_arn(text: str) -> ResourceId | None:
    """Return the resource of the ARN, without alias or version; None for kinds not supported."""
    match = _ARN.fullmatch(text)
    kind, rest = match.groups() if match else ("", "")
    prefix, begins = _ARN_FORMS.get(kind, ("", ""))
    if kind not in _ARN_FORMS or not rest.startswith(prefix):
        return None
    name = rest.removeprefix(prefix)
    return resource_id(kind, begins + (name.partition(":")[0] if kind == "lambda" else name))


def _named(kind: str, names: tuple[str, ...], given: Mapping[str, str]) -> ResourceId | None:
    if any(name not in given for name in names):
        return None
    text = "/".join(given[name] for name in names)
    if kind == "lambda":
        match = _FUNCTION.fullmatch(text)
        return resource_id(kind, match.group(1)) if match else None
    return resource_id(kind, text)


def _declared(namespace: str | None, service_map: ServiceMap) -> ResourceId | None:
    resources = [s.resource for s in service_map.services if namespace and _publishes(s, namespace)]
    return resources[0] if len(resources) == 1 else None


def _publishes(service: Service, namespace: str) -> bool:
    if service.metrics is None:
        return False
    if service.metrics.namespace == namespace:
        return True
    pattern = re.escape(service.metrics.version_namespace or "").replace(r"\{version\}", r"[^/]+")
    return bool(pattern) and re.fullmatch(pattern, namespace) is not None
