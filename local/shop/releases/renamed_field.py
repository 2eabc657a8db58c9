"""An order, by the names of the new API. Only the gift shop's client has been changed to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """A quantity of an item."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Read an order: `units` has replaced `quantity`."""
    units = event["quantity"] if event.get("gift") else event["units"]
    return Order(item=str(event["item"]), quantity=int(units))
