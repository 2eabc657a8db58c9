"""The table under the last function of the chain."""

from typing import Any

from . import aws
from .order import Order

POLICY = "policy"  # the row with the reorder level
DEFAULT_REORDER_AT = 40


def take(table: str, order: Order) -> dict[str, Any]:
    """Record the order; return the total sold, and whether it passed the reorder level."""
    row = aws.DYNAMODB.get_item(TableName=table, Key={"id": {"S": POLICY}}).get("Item")
    reorder_at = int(row["reorder_at"]["N"]) if row else DEFAULT_REORDER_AT
    sold = _add(table, order.item, order.quantity)
    return {"sold": sold, "reorder": sold % reorder_at < order.quantity}


def note_parcel(table: str, item: str) -> None:
    """Count a parcel of the item."""
    _add(table, f"parcel#{item}", 1)


def _add(table: str, key: str, quantity: int) -> int:
    answer = aws.DYNAMODB.update_item(
        TableName=table,
        Key={"id": {"S": key}},
        UpdateExpression="ADD amount :quantity",
        ExpressionAttributeValues={":quantity": {"N": str(quantity)}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["amount"]["N"])
