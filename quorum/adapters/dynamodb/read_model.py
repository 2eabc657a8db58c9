"""The read model in DynamoDB: one item per incident, an index by status."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from quorum.adapters.dynamodb.items import get, put_if, query, sortable_text
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.incident_view import IncidentView

BY_STATUS: Final = "by-status"


class DynamoDBReadModel:
    """A `ReadModel`. The index's `occurred_at` is the time at which the incident opened."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def put(self, view: IncidentView) -> bool:
        """Store the view if it is newer than the stored one; return whether it was."""
        item = {
            "incident_id": view.incident_id,
            "version": view.version,
            "status": view.status,
            "occurred_at": sortable_text(view.opened_at),
            "view": view.model_dump_json(),
        }
        newer = Attr("incident_id").not_exists() | Attr("version").lt(view.version)
        return put_if(self._table, item, newer) is None

    def get(self, incident_id: str) -> IncidentView | None:
        """Return the incident's view, or None."""
        item = get(self._table, {"incident_id": incident_id})
        return None if item is None else IncidentView.model_validate_json(item["view"])

    def by_status(self, status: str, limit: int) -> Sequence[IncidentView]:
        """Return the incidents with that status, newest first."""
        items = query(
            self._table,
            IndexName=BY_STATUS,
            KeyConditionExpression=Key("status").eq(status),
            ScanIndexForward=False,
            Limit=max(1, limit),
        )
        return [IncidentView.model_validate_json(item["view"]) for item in islice(items, limit)]
