"""An order at a pace that the supplier allows: one after the other, also at the busiest time."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

DYNAMODB = boto3.client("dynamodb")
GAP_SECONDS = 0.8


@dataclass(frozen=True)
class Order:
    """A quantity of an item."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Read an order and wait for its turn. Raises KeyError or ValueError."""
    order = Order(item=str(event["item"]), quantity=int(event["quantity"]))
    turn = _first_turn(time.time()) or _next_turn()
    time.sleep(max(0.0, turn - time.time()))
    return order


def _first_turn(now: float) -> float | None:
    """Return now as the turn, if no order waits for one; else None."""
    try:
        _reserve(
            UpdateExpression="SET free_at = :then",
            ConditionExpression="attribute_not_exists(free_at) OR free_at < :now",
            ExpressionAttributeValues={
                ":now": {"N": str(now)},
                ":then": {"N": str(now + GAP_SECONDS)},
            },
        )
    except DYNAMODB.exceptions.ConditionalCheckFailedException:
        return None
    return now


def _next_turn() -> float:
    """Return the time of the turn after all those that are taken."""
    attributes = _reserve(
        UpdateExpression="SET free_at = free_at + :gap",
        ExpressionAttributeValues={":gap": {"N": str(GAP_SECONDS)}},
    )
    return float(attributes["free_at"]["N"]) - GAP_SECONDS


def _reserve(**update: Any) -> dict[str, Any]:
    key, table = {"id": {"S": "supplier"}}, os.environ["TABLE"]
    answer: Any = DYNAMODB.update_item(
        TableName=table, Key=key, ReturnValues="UPDATED_NEW", **update
    )
    attributes: dict[str, Any] = answer["Attributes"]
    return attributes
