"""An order as customers send it. Tidied: the quantity is checked where it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """A quantity of an item, at least one."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Parse an order. Raises KeyError or ValueError."""
    quantity = int(event["quantity"])
    if quantity < 1:
        raise ValueError(f"an order of {quantity}")
    return Order(str(event["item"]).strip(), quantity)
