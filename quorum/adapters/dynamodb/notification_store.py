"""Deliveries of notifications in DynamoDB: one item per channel, kind, round and subject."""

from collections.abc import Sequence

from boto3.dynamodb.conditions import Attr, Key

from quorum.adapters.dynamodb.items import put_if, query
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.incident_records import Notified


class DynamoDBNotificationStore:
    """A `NotificationStore`."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def put(self, delivery: Notified) -> None:
        """Store the delivery, once per channel, kind, round and subject: the first stays."""
        item = {
            "incident_id": delivery.incident_id,
            "entry": _entry(delivery),
            "told": delivery.model_dump_json(),
        }
        put_if(self._table, item, Attr("entry").not_exists())

    def of(self, incident_id: str) -> Sequence[Notified]:
        """Return the incident's deliveries, oldest first."""
        condition = Key("incident_id").eq(incident_id)
        items = query(self._table, KeyConditionExpression=condition, ConsistentRead=True)
        deliveries = (Notified.model_validate_json(item["told"]) for item in items)
        return sorted(deliveries, key=lambda delivery: delivery.at)


def _entry(delivery: Notified) -> str:
    """Return the sort key, which for the first round is that of earlier versions."""
    entry = f"{delivery.about}#{delivery.message}#{delivery.channel}"
    return entry if delivery.round == 1 else f"{entry}#{delivery.round}"
