"""A candidate of every verb that is right."""

from typing import Any

from quorum.domain.evidence import Candidate
from tests.builders.executor_evidence import ACCOUNT, REGION, candidate

DEFINITION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop"


GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "lambda.rollback_alias": (
        "lambda:checkout",
        {"function": "checkout", "alias": "live", "from_version": "4", "to_version": "3"},
    ),
    "lambda.raise_reserved_concurrency": (
        "lambda:checkout",
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
    "sqs.redrive": ("sqs:orders", {"queue": "orders", "dead_letter_queue": "orders-dead"}),
}


def of(name: str, /, **changed: Any) -> Candidate:
    resource, parameters = GOOD[name]
    return candidate(name, changed.pop("resource", resource), parameters={**parameters, **changed})
