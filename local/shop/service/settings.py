"""The setting of a function, read from SSM on each call, and its use."""

import json
import zlib
from typing import Any

from . import aws
from .order import Order


class OrderRefusedError(Exception):
    """The order exceeds the limit."""


def apply(kind: str, parameter: str, order: Order) -> dict[str, Any]:
    """Return the setting's part of the response. Raises ValueError for an invalid value."""
    value = aws.SSM.get_parameter(Name=parameter)["Parameter"]["Value"]
    match kind:
        case "limit":
            return _within_limit(int(value), order)
        case "prices":
            prices = json.loads(value)
            return {"price": prices.get(order.item, prices["default"]) * order.quantity}
        case "shelves":
            return {"shelf": zlib.crc32(order.item.encode()) % int(value)}
        case _:
            raise ValueError(f"no such setting: {kind}")


def _within_limit(limit: int, order: Order) -> dict[str, Any]:
    if order.quantity > limit:
        raise OrderRefusedError(f"{order.quantity} of {order.item}: at most {limit}")
    return {"accepted": order.quantity}
