"""Candidates for an action: of any verb, and one of each verb that nothing is wrong with."""

from collections.abc import Mapping
from typing import Any, Final

from quorum.domain.catalogue import action_id
from quorum.domain.evidence import Candidate, Scalar
from tests.builders.alarms import ACCOUNT, REGION

RESOURCE: Final = "lambda:checkout"
VERB: Final = "lambda.rollback_alias"
PARAMETERS: Final[dict[str, Scalar]] = {
    "function": "checkout",
    "alias": "live",
    "from_version": "4",
    "to_version": "3",
}


def candidate(
    verb: str = VERB,
    resource: str = RESOURCE,
    parameters: Mapping[str, Scalar] = PARAMETERS,
    **changed: Any,
) -> Candidate:
    """Return a candidate whose id follows from its verb and parameters: a rollback by default."""
    fields: dict[str, Any] = {
        "id": action_id(verb, parameters),
        "verb": verb,
        "resource": resource,
        "parameters": dict(parameters),
        "summary": "Roll back checkout:live from version 4 to 3",
        "cites": ("c1",),
        "observed": {"alias_version": "4"},
    }
    return Candidate(**{**fields, **changed})


ROLLBACK: Final = candidate()
RAISE: Final = candidate(
    "lambda.raise_reserved_concurrency",
    "lambda:prices",
    {"function": "prices", "from_units": 2, "to_units": 4},
    summary="Raise the reserved concurrency of prices from 2 to 4",
)
REDRIVE: Final = candidate(
    "sqs.redrive",
    "sqs:orders",
    {"queue": "orders", "dead_letter_queue": "orders-dead"},
    summary="Move the dead letters of orders back",
    observed={},
)

DEFINITION: Final = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop"
GOOD: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    VERB: (RESOURCE, PARAMETERS),
    "lambda.raise_reserved_concurrency": (
        RESOURCE,
        {"function": "checkout", "from_units": 1, "to_units": 2},
    ),
    "dynamodb.raise_capacity": (
        "dynamodb:items",
        {"table": "items", "from_read": 5, "from_write": 5, "to_read": 10, "to_write": 10},
    ),
    "ssm.restore_parameter": (
        "ssm:/shop/prices",
        {"name": "/shop/prices", "from_version": 4, "to_version": 3},
    ),
    "ecs.rollback_service": (
        "ecs:shop/web",
        {
            "cluster": "shop",
            "service": "web",
            "from_task_definition": f"{DEFINITION}:4",
            "to_task_definition": f"{DEFINITION}:3",
        },
    ),
    REDRIVE.verb: (REDRIVE.resource, REDRIVE.parameters),
}


def of(name: str, /, **changed: Any) -> Candidate:
    """Return the good candidate of that verb; `changed` are its resource or parameters."""
    resource, parameters = GOOD[name]
    return candidate(name, changed.pop("resource", resource), {**parameters, **changed})
