"""Openings of incidents in DynamoDB: one item for the opening, one per alarm that joined."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from quorum.adapters.dynamodb.items import Item, days, put_if, query
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.evidence import Alarm
from quorum.domain.incident_records import Opening
from quorum.ports.clock import Clock

OPENING: Final = "opening"
JOINED: Final = "joined#"
BY_DAY: Final = "by-day"


class DynamoDBOpeningStore:
    """An `OpeningStore`. The index by day holds openings only."""

    def __init__(self, table: DynamoDBTable, now: Clock) -> None:
        self._table, self._now = table, now

    def put(self, opening: Opening) -> Opening:
        """Store the opening unless the incident has one; return the stored one."""
        item = {
            "incident_id": opening.incident_id,
            "entry": OPENING,
            "day": datetime.fromtimestamp(opening.opened_at, UTC).date().isoformat(),
            "opened_at": Decimal(str(opening.opened_at)),
            "opening": opening.model_dump_json(),
        }
        stored = put_if(self._table, item, Attr("entry").not_exists())
        return opening if stored is None else _opening(stored)

    def join(self, incident_id: str, alarm: Alarm) -> None:
        """Add an alarm that joined the incident, once per ARN."""
        item = {
            "incident_id": incident_id,
            "entry": JOINED + alarm.arn,
            "alarm": alarm.model_dump_json(),
        }
        put_if(self._table, item, Attr("entry").not_exists())

    def find(self, incident_id: str) -> Opening | None:
        """Return the incident's opening with all its alarms, or None."""
        condition = Key("incident_id").eq(incident_id)
        items = list(query(self._table, KeyConditionExpression=condition, ConsistentRead=True))
        opening = next((_opening(item) for item in items if item["entry"] == OPENING), None)
        if opening is None:
            return None
        joined = [Alarm.model_validate_json(i["alarm"]) for i in items if i["entry"] != OPENING]
        arns = {alarm.arn for alarm in opening.alarms}
        later = sorted((a for a in joined if a.arn not in arns), key=lambda a: (a.fired_at, a.arn))
        return opening.model_copy(update={"alarms": (*opening.alarms, *later)})

    def since(self, since: datetime) -> Sequence[Opening]:
        """Return the openings since then, oldest first, each with its first alarm only."""
        start = Decimal(str(since.timestamp()))
        return [
            _opening(item)
            for day in days(since, self._now())
            for item in query(
                self._table,
                IndexName=BY_DAY,
                KeyConditionExpression=Key("day").eq(day) & Key("opened_at").gte(start),
            )
        ]


def _opening(item: Item) -> Opening:
    return Opening.model_validate_json(item["opening"])
