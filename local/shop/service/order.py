"""An order as customers send it. A release may replace this file (see local/shop/releases)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """So many of an item."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Read an order, or raise KeyError or ValueError."""
    return Order(item=str(event["item"]), quantity=int(event["quantity"]))
