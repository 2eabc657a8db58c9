"""The stop switch in DynamoDB: the item `stop`, in a table of its own.

The item stops all effects by its presence, whatever its content, so that a person in a hurry cannot
get it wrong. An item that an earlier version stored in the operations table counts until a person
removes it.
"""

from datetime import datetime
from typing import Final

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.dynamodb.items import Item, get
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.errors import StoreUnavailableError

STOP: Final = "stop"
KEY: Final[Item] = {"id": STOP}
RELEASED_BEFORE: Final = frozenset({"id", "by", "at"})
"""Exactly the attributes of an earlier version's item after it was released (without a reason)."""
NO_REASON: Final = "no reason given"


class DynamoDBStopSwitch:
    """A `StopSwitch`. `former` is the operations table."""

    def __init__(self, table: DynamoDBTable, former: DynamoDBTable) -> None:
        self._table, self._former = table, former

    def thrown(self) -> str | None:
        """Return the reason why all effects are stopped, or None. Raises StoreUnavailableError."""
        item = get(self._table, KEY)
        if item is None:
            former = get(self._former, KEY)
            item = None if former is None or set(former) == RELEASED_BEFORE else former
        return None if item is None else str(item.get("reason") or NO_REASON)

    def throw(self, reason: str, by: str, at: datetime) -> None:
        """Stop all effects."""
        item = {**KEY, "reason": reason, "by": by, "at": at.isoformat()}
        self._put(item)

    def lift(self, reason: str, by: str, at: datetime) -> None:
        """Allow effects again. The record of it is written first, so that none is missing."""
        was = self.thrown()
        self._put(
            {
                "id": f"lifted#{at.isoformat()}",
                "reason": reason,
                "by": by,
                "at": at.isoformat(),
                "was": was or "",
            }
        )
        with raising(StoreUnavailableError, "release the stop switch"):
            self._former.delete_item(Key=KEY)
            self._table.delete_item(Key=KEY)

    def _put(self, item: Item) -> None:
        with raising(StoreUnavailableError, "write the stop switch"):
            self._table.put_item(Item=item)
