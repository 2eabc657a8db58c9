"""The stop switch in DynamoDB: the item `stop`, in a table of its own.

Its presence stops, whatever is in it, so that nobody who throws it in a hurry can get it wrong.
Until a person lifts it, the item that a former version kept in the operations table counts too.
"""

from datetime import datetime
from typing import Final

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.dynamodb.items import Item, get
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.errors import StoreUnavailableError

STOP: Final = "stop"
KEY: Final[Item] = {"id": STOP}
LIFTED_BEFORE: Final = frozenset({"id", "by", "at"})
"""What the former version's item held once it was lifted: exactly these, and no reason."""
NO_REASON: Final = "it is thrown, without a reason"


class DynamoDBStopSwitch:
    """A `StopSwitch`. `former` is the operations table."""

    def __init__(self, table: DynamoDBTable, former: DynamoDBTable) -> None:
        self._table, self._former = table, former

    def thrown(self) -> str | None:
        """Return why everything is stopped, or None. Raises StoreUnavailableError."""
        item = get(self._table, KEY)
        if item is None:
            former = get(self._former, KEY)
            item = None if former is None or set(former) == LIFTED_BEFORE else former
        return None if item is None else str(item.get("reason") or NO_REASON)

    def throw(self, reason: str, by: str, at: datetime) -> None:
        """Stop everything."""
        item = {**KEY, "reason": reason, "by": by, "at": at.isoformat()}
        self._put(item)

    def lift(self, reason: str, by: str, at: datetime) -> None:
        """Go on. The record of it is written first: nothing is lifted without one."""
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
        with raising(StoreUnavailableError, "lift the stop switch"):
            self._former.delete_item(Key=KEY)
            self._table.delete_item(Key=KEY)

    def _put(self, item: Item) -> None:
        with raising(StoreUnavailableError, "write the stop switch"):
            self._table.put_item(Item=item)
