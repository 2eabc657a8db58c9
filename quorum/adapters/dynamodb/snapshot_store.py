"""The inventory in DynamoDB: changes under their time, the newest snapshot after all times."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from boto3.dynamodb.conditions import Attr, Key
from pydantic import TypeAdapter

from quorum.adapters.aws.aws_errors import raising
from quorum.adapters.dynamodb.items import get, put_if, query
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.evidence import Change
from quorum.domain.snapshots import Snapshot
from quorum.ports.telemetry import Past

NEWEST: Final = 10**11
"""Later than any time in seconds, so that one query returns recent changes and the snapshot."""

CHANGES: Final = TypeAdapter(tuple[Change, ...])


class DynamoDBSnapshotStore:
    """A `SnapshotStore`.

    The changes are written before the snapshot that supersedes them. After a crash between the two
    they are derived and written again under their own ids, and never lost.
    """

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def newest(self, resource: str) -> Snapshot | None:
        """Return the resource's newest snapshot, or None."""
        item = get(self._table, {"resource": resource, "at": NEWEST})
        return None if item is None else Snapshot.model_validate_json(item["snapshot"])

    def put(self, snapshot: Snapshot, changes: Sequence[Change]) -> None:
        """Store the snapshot as the newest, with the changes; an older one changes nothing."""
        taken_at = Decimal(str(snapshot.taken_at))
        if changes:
            newest = self.newest(snapshot.resource)
            if newest is not None and newest.taken_at > snapshot.taken_at:
                return
            body = CHANGES.dump_json(tuple(changes)).decode()
            with raising(StoreUnavailableError, f"write to {self._table.name}"):
                self._table.put_item(
                    Item={"resource": snapshot.resource, "at": taken_at, "changes": body}
                )
        item = {
            "resource": snapshot.resource,
            "at": NEWEST,
            "taken_at": taken_at,
            "snapshot": snapshot.model_dump_json(),
        }
        put_if(self._table, item, Attr("at").not_exists() | Attr("taken_at").lte(taken_at))

    def past(self, resource: str, since: datetime) -> Past:
        """Return the newest snapshot, and the changes since then without duplicates."""
        first = Decimal(str(since.timestamp()))
        newest: Snapshot | None = None
        changes: dict[str, Change] = {}
        for item in query(
            self._table,
            KeyConditionExpression=Key("resource").eq(resource) & Key("at").gte(first),
            ConsistentRead=True,
        ):
            if item["at"] == NEWEST:
                newest = Snapshot.model_validate_json(item["snapshot"])
            else:
                stored = CHANGES.validate_json(item["changes"])
                changes |= {change.id: change for change in stored if change.at >= first}
        return Past(newest, sorted(changes.values(), key=lambda change: (change.at, change.id)))
