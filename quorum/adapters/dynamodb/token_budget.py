"""Daily token budgets in the operations table: one item per spender, its only writer."""

from datetime import datetime
from typing import Any, Final

from boto3.dynamodb.conditions import Attr

from quorum.adapters.dynamodb.items import expiry_seconds, get, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable

WRITES: Final = 8
KEPT_SECONDS: Final = 2 * 24 * 3600


class DynamoDBTokenBudget:
    """A `TokenBudget`. An item of another day, or an invalid one, counts as unspent."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def take(self, spender: str, tokens: int, most: int, now: datetime) -> bool:
        """Count the tokens if they fit the spender's daily budget; return whether they did.

        Concurrent calls are all counted, each once; after too many lost races it returns False.
        """
        day = now.date().isoformat()
        for _ in range(WRITES):
            item = get(self._table, {"id": _key(spender)}) or {}
            spent = _spent(item, day)
            if tokens > 0 and spent + tokens > most:
                return False
            new = {
                "id": _key(spender),
                "day": day,
                "spent": max(0, spent + tokens),
                "expires": expiry_seconds(now, KEPT_SECONDS),
            }
            if put_if(self._table, new, _unchanged(item)) is None:
                return True
        return False


def _key(spender: str) -> str:
    return f"budget#{spender}"


def _spent(item: dict[str, Any], day: str) -> int:
    try:
        return max(0, int(item["spent"])) if item.get("day") == day else 0
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return 0


def _unchanged(item: dict[str, Any]) -> Any:
    """Return the condition that the item has not changed since it was read."""
    if not {"day", "spent"} <= set(item):
        return ~(Attr("day").exists() & Attr("spent").exists())
    return Attr("day").eq(item["day"]) & Attr("spent").eq(item["spent"])
