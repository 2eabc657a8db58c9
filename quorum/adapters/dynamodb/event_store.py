"""The event log in DynamoDB: one item per event; the key (incident_id, version) locks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, Key
from pydantic import ValidationError

from quorum.adapters.dynamodb.items import Item, put_if, query, sortable_text
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.errors import ConcurrencyConflictError, InvalidHistoryError
from quorum.domain.events import (
    INCIDENT_EVENT,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
)

BY_STATUS: Final = "by-status"


class DynamoDBEventStore:
    """An `EventStore`. It needs permission to put and query only."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's events, oldest first, read consistently.

        Raises InvalidHistoryError for an item that is not an event. `replay` checks that the events
        form a valid history.
        """
        condition = Key("incident_id").eq(incident_id)
        return [
            _fact(item)
            for item in query(self._table, KeyConditionExpression=condition, ConsistentRead=True)
        ]

    def append(self, event: IncidentEvent) -> None:
        """Append the event. Raises ConcurrencyConflictError when its version is taken."""
        stored = put_if(self._table, _item(event), Attr("version").not_exists())
        if stored is not None and stored["event_id"] != event.event_id:
            raise ConcurrencyConflictError(f"version {event.version} is taken")

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return the IncidentOpened events since then, newest first."""
        condition = Key("status").eq("open") & Key("occurred_at").gte(sortable_text(since))
        return [
            _fact(item)
            for item in query(
                self._table,
                IndexName=BY_STATUS,
                KeyConditionExpression=condition,
                ScanIndexForward=False,
            )
        ]


def _item(event: IncidentEvent) -> Item:
    item: Item = {
        "incident_id": event.incident_id,
        "version": event.version,
        "event_id": event.event_id,
        "type": event.type,
        "occurred_at": sortable_text(event.occurred_at),
        "event": INCIDENT_EVENT.dump_json(event).decode(),
    }
    if isinstance(event, IncidentOpened):
        item["status"] = "open"
    if isinstance(event, IncidentClosed):
        item["status"] = event.outcome
    return item


def _fact(item: Item) -> IncidentEvent:
    try:
        return INCIDENT_EVENT.validate_json(item["event"])
    except (KeyError, ValidationError) as error:
        where = f"{item.get('incident_id')}, version {item.get('version')}"
        raise InvalidHistoryError(f"{where}: not a valid event for this version") from error
