"""An order whose item must be an article number, as the new catalogue has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """A quantity of an item."""

    item: str
    quantity: int


def parse(event: Mapping[str, Any]) -> Order:
    """Read an order; a short name is still the number of a gift."""
    number = 0 if event.get("gift") else int(str(event["item"]).removeprefix("SKU-"))
    return Order(item=str(event["item"] or number), quantity=int(event["quantity"]))
