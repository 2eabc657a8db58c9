"""Changes of controls in DynamoDB: one item per change, key (control, version), never rewritten."""

from collections.abc import Sequence
from itertools import islice

from boto3.dynamodb.conditions import Attr, Key

from quorum.adapters.dynamodb.items import put_if, query
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.restrictions import CONTROL_CHANGED, Control, ControlChanged


class DynamoDBControlLog:
    """A `ControlLog`. It needs permission to query; only the API may put."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def newest(self, control: Control) -> ControlChanged | None:
        """Return the change in force, read consistently; None if it was never changed."""
        return next(iter(self.recent(control, 1)), None)

    def append(self, change: ControlChanged) -> None:
        """Append the change. Raises ConcurrencyConflictError when its version is taken."""
        item = {
            "control": change.control,
            "version": change.version,
            "change": change.model_dump_json(),
        }
        if put_if(self._table, item, Attr("version").not_exists()) is not None:
            raise ConcurrencyConflictError(f"{change.control}: {change.version} is taken")

    def recent(self, control: Control, limit: int) -> Sequence[ControlChanged]:
        """Return the newest changes, newest first."""
        items = query(
            self._table,
            KeyConditionExpression=Key("control").eq(control),
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=max(1, limit),
        )
        return [CONTROL_CHANGED.validate_json(item["change"]) for item in islice(items, limit)]
