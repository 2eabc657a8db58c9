"""The rows of all services, and look-ups in them. A new service is one more name here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from quorum.services import (
    api_gateway,
    appsync,
    builds,
    cognito,
    databases,
    dynamodb,
    ec2,
    ecs,
    edge,
    efs,
    eks,
    elasticache,
    events,
    lambda_functions,
    load_balancing,
    logs,
    network,
    opensearch,
    own_namespaces,
    rds,
    s3,
    secrets_manager,
    sns,
    sqs,
    ssm,
    step_functions,
    streams,
    synthetics,
)
from quorum.services.row import Describe, Kind, Naming, Service

SERVICES: Final[tuple[Service, ...]] = tuple(
    module.ROW
    for module in (
        lambda_functions,
        dynamodb,
        sqs,
        ecs,
        rds,
        ssm,
        api_gateway,
        load_balancing,
        ec2,
        eks,
        databases,
        elasticache,
        opensearch,
        sns,
        streams,
        step_functions,
        events,
        s3,
        edge,
        appsync,
        efs,
        cognito,
        network,
        synthetics,
        builds,
        secrets_manager,
        logs,
        own_namespaces,
    )
)
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {kind.name: kind for service in SERVICES for kind in service.kinds}
)


def _namings() -> Mapping[str, tuple[Naming, ...]]:
    """Return each namespace's ways to name a resource, in the order in which they are tried."""
    found: dict[str, list[Naming]] = {}
    for service in SERVICES:
        own = (Naming(k.namespace, k.dimensions, k.name) for k in service.kinds if k.dimensions)
        for naming in (*own, *service.also):
            found.setdefault(naming.namespace, []).append(naming)
    return MappingProxyType({namespace: tuple(ways) for namespace, ways in found.items()})


NAMINGS: Final = _namings()
OWN: Final = ""
"""The key of NAMINGS for an operator's own namespaces."""
UNNAMED: Final = frozenset(name for service in SERVICES for name in service.unnamed)


def kind_of(resource: str) -> Kind | None:
    """Return the kind of a resource id, or None for a kind that no row has."""
    return KINDS.get(resource.partition(":")[0])


def is_readable(kind: Kind) -> bool:
    """Return whether the settings of resources of the kind can be read."""
    return bool(kind.reads or kind.describes)


def client_of(describe: Describe) -> str:
    """Return boto3's name of the service that answers the request."""
    return describe.client or describe.action.partition(":")[0]


def operation_of(describe: Describe) -> str:
    """Return the API's name of the operation."""
    return describe.operation or describe.action.partition(":")[2]


def _quotas() -> Mapping[str, float]:
    found: dict[str, float] = {}
    for service in SERVICES:
        for kind in service.kinds:
            own = [action.partition(":")[0] for action in kind.reads]
            for client in (*own, *map(client_of, kind.describes)):
                found[client] = min(service.quota, found.get(client, service.quota))
    return MappingProxyType(found)


QUOTAS: Final = _quotas()
"""Requests per second that AWS allows an account, by boto3's name of the service."""
