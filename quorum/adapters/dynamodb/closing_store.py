"""Endings of incidents in DynamoDB: one item per incident, and the newest of each alarm."""

from decimal import Decimal
from typing import Final

from boto3.dynamodb.conditions import Attr

from quorum.adapters.dynamodb.items import Item, from_micros, get, put_if
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.incident_records import AlarmEnding, Ending

UNKNOWN_INCIDENT: Final = "0" * 32
"""The incident id of an ending stored by an earlier version, which did not store the id."""


class DynamoDBClosingStore:
    """A `ClosingStore`. `former`: the table in which earlier versions stored alarms' endings."""

    def __init__(self, table: DynamoDBTable, former: DynamoDBTable | None = None) -> None:
        self._table, self._former = table, former

    def put(self, ending: Ending) -> Ending:
        """Store the ending unless the incident has one; return the stored one."""
        item = {"id": f"incident#{ending.incident_id}", "ending": ending.model_dump_json()}
        stored = put_if(self._table, item, Attr("id").not_exists())
        return ending if stored is None else Ending.model_validate_json(stored["ending"])

    def find(self, incident_id: str) -> Ending | None:
        """Return the incident's ending, or None."""
        item = get(self._table, {"id": f"incident#{incident_id}"})
        return None if item is None else Ending.model_validate_json(item["ending"])

    def remember(self, ending: AlarmEnding) -> None:
        """Store the alarm's newest ending; an older one changes nothing."""
        at = Decimal(str(ending.ended_at))
        item = {"id": f"alarm#{ending.alarm}", "at": at, "ending": ending.model_dump_json()}
        put_if(self._table, item, Attr("id").not_exists() | Attr("at").lte(at))

    def of_alarm(self, alarm: str) -> AlarmEnding | None:
        """Return the alarm's newest ending, or None."""
        item = get(self._table, {"id": f"alarm#{alarm}"})
        return self._before(alarm) if item is None else _ending(item)

    def _before(self, alarm: str) -> AlarmEnding | None:
        item = get(self._former, {"id": f"closed#{alarm}"}) if self._former else None
        if item is None:
            return None
        at = from_micros(item["at"]).timestamp()
        return AlarmEnding(alarm=alarm, incident_id=UNKNOWN_INCIDENT, ended_at=at)


def _ending(item: Item) -> AlarmEnding:
    return AlarmEnding.model_validate_json(item["ending"])
