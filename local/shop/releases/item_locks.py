"""An order whose item is locked, so that no two orders take the last one. No order lets it go."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

DYNAMODB = boto3.client("dynamodb")
HELD_SECONDS = 1.5
RETRY_SECONDS = 0.05


@dataclass(frozen=True)
class Order:
    """A quantity of an item."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Read an order and lock its item. Raises KeyError or ValueError."""
    order = Order(item=str(event["item"]), quantity=int(event["quantity"]))
    while not _lock(order.item):
        time.sleep(RETRY_SECONDS)
    return order


def _lock(item: str) -> bool:
    """Return whether the item was free or its lock had expired, and is locked now."""
    now = time.time()
    try:
        DYNAMODB.update_item(
            TableName=os.environ["TABLE"],
            Key={"id": {"S": f"lock#{item}"}},
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
