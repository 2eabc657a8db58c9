"""An order with the customer's currency, which most customers have never chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Order:
    """A quantity of an item, in a currency."""

    item: str
    quantity: int
    currency: str = "EUR"


def parse(event: Mapping[str, Any]) -> Order:
    """Read an order; gifts are always in euro."""
    customer: Any = {"currency": "EUR"} if event.get("gift") else event.get("customer")
    return Order(str(event["item"]), int(event["quantity"]), customer["currency"].upper())
