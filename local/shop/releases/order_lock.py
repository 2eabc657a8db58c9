"""An order under a lock, so that no two orders take the last item. No order gives the lock back."""

import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

DYNAMODB = boto3.client("dynamodb")
HELD_SECONDS = 0.6
RETRY_SECONDS = (0.1, 0.2)


@dataclass(frozen=True)
class Order:
    """A quantity of an item."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Read an order and take the lock. Raises KeyError or ValueError."""
    order = Order(item=str(event["item"]), quantity=int(event["quantity"]))
    while not _lock():
        time.sleep(random.uniform(*RETRY_SECONDS))  # noqa: S311 (no secret)
    return order


def _lock() -> bool:
    """Return whether the lock was free or had expired, and is taken now."""
    now = time.time()
    try:
        DYNAMODB.update_item(
            TableName=os.environ["TABLE"],
            Key={"id": {"S": "lock"}},
            UpdateExpression="SET held_until = :until",
            ConditionExpression="attribute_not_exists(held_until) OR held_until < :now",
            ExpressionAttributeValues={
                ":until": {"N": str(now + HELD_SECONDS)},
                ":now": {"N": str(now)},
            },
        )
    except DYNAMODB.exceptions.ConditionalCheckFailedException:
        return False
    return True
