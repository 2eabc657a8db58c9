"""An order as customers send it. A release may replace this file (see local/shop/releases)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """A quantity of an item."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Parse an order. Raises KeyError or ValueError."""
    return Order(item=str(event["item"]), quantity=int(event["quantity"]))
