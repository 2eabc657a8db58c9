"""The log in DynamoDB: one item per fact, key (incident_id, version); the key is the lock."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError
from pydantic import ValidationError

from functions.shared.adapters.aws_errors import is_condition, raising, stored_item
from functions.shared.domain.errors import (
    ConcurrencyConflictError,
    InvalidHistoryError,
    StoreUnavailableError,
)
from functions.shared.domain.events import (
    INCIDENT_EVENT,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

BY_STATUS: Final = "by-status"


class DynamoDBEventStore:
    """An `EventStore`. It puts and queries, and needs no other permission."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's facts, oldest first, read consistently.

        Raises InvalidHistoryError for an item that is no fact. That the facts belong together is
        for `replay` to check.
        """
        condition = Key("incident_id").eq(incident_id)
        return [
            _fact(item)
            for item in self._query(KeyConditionExpression=condition, ConsistentRead=True)
        ]

    def append(self, event: IncidentEvent) -> None:
        """Add the fact. Raises ConcurrencyConflictError when its version is another's."""
        with raising(StoreUnavailableError, f"append to {event.incident_id}"):
            try:
                self._table.put_item(
                    Item=_item(event),
                    ConditionExpression=Attr("version").not_exists(),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_condition(error):
                    raise
                if stored_item(error).get("event_id") != event.event_id:
                    raise ConcurrencyConflictError(f"version {event.version} is taken") from error

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return the IncidentOpened facts since then, newest first."""
        condition = Key("status").eq("open") & Key("occurred_at").gte(_instant(since))
        return [
            _fact(item)
            for item in self._query(
                IndexName=BY_STATUS, KeyConditionExpression=condition, ScanIndexForward=False
            )
        ]

    def _query(self, **query: Any) -> Iterator[dict[str, Any]]:
        while True:
            with raising(StoreUnavailableError, "read the log"):
                page = self._table.query(**query)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _item(event: IncidentEvent) -> dict[str, Any]:
    item: dict[str, Any] = {
        "incident_id": event.incident_id,
        "version": event.version,
        "event_id": event.event_id,
        "type": event.type,
        "occurred_at": _instant(event.occurred_at),
        "event": INCIDENT_EVENT.dump_json(event).decode(),
    }
    if isinstance(event, IncidentOpened):
        item["status"] = "open"
    if isinstance(event, IncidentClosed):
        item["status"] = event.outcome
    return item


def _fact(item: dict[str, Any]) -> IncidentEvent:
    try:
        return INCIDENT_EVENT.validate_json(item["event"])
    except (KeyError, ValidationError) as error:
        where = f"{item.get('incident_id')}, version {item.get('version')}"
        raise InvalidHistoryError(f"{where}: not a fact that this code knows") from error


def _instant(at: datetime) -> str:
    """Return the time in UTC with a fixed width, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
