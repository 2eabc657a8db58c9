"""Claims in the operations table: conditional puts with a time to live."""

from datetime import datetime

from boto3.dynamodb.conditions import Attr

from quorum.adapters.dynamodb.items import expiry_seconds, get, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable


class DynamoDBClaims:
    """A `Claims`. The time to live deletes late, never early: no claim succeeds twice."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def claimed(self, key: str) -> bool:
        """Return whether the key is claimed."""
        return get(self._table, {"id": key}) is not None

    def once(self, key: str, until: datetime) -> bool:
        """Claim the key; return whether it was free."""
        item = {"id": key, "expires": expiry_seconds(until)}
        return put_if(self._table, item, Attr("id").not_exists()) is None
