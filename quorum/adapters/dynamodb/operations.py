"""The operations table: short-lived claims, each one conditional put.

Keys: `open#<resource>`, `seen#<alarm>`, `rate#<key>`; breakers have an adapter of their own.
`expires` is the time to live; no code here relies on its punctuality.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr

from quorum.adapters.dynamodb.items import (
    expiry_seconds,
    from_micros,
    get,
    ignore_failed_condition,
    micros,
    put_if,
)
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.constants import Rate
from quorum.ports.clock import Clock
from quorum.ports.execution import Transition

REMEMBERED_SECONDS: Final = 30 * 24 * 3600


class DynamoDBOperations:
    """An `Operations`. Breakers have an adapter of their own."""

    def __init__(self, table: DynamoDBTable, now: Clock) -> None:
        self._table, self._now = table, now

    def transition(self, alarm_arn: str) -> Transition | None:
        """Return the alarm's newest handled transition, read consistently, or None."""
        item = get(self._table, {"id": f"seen#{alarm_arn}"})
        return Transition(from_micros(item["at"]), item["incident_id"]) if item else None

    def record_transition(
        self, alarm_arn: str, at: datetime, incident_id: str, implausible: datetime | None = None
    ) -> datetime | None:
        """Store the newest handled transition; return the time of a newer one, or None.

        `at` is the transition's time. A newer one with exactly the time `implausible` is
        overwritten.
        """
        item = {
            "id": f"seen#{alarm_arn}",
            "at": micros(at),
            "incident_id": incident_id,
            "expires": expiry_seconds(at, REMEMBERED_SECONDS),
        }
        gives_way = Attr("id").not_exists() | Attr("at").lte(micros(at))
        if implausible is not None:
            gives_way |= Attr("at").eq(micros(implausible))
        newer = put_if(self._table, item, gives_way)
        return None if newer is None else from_micros(newer["at"])

    def hold(self, resource: str, incident_id: str, until: datetime) -> str:
        """Take the open key if free, expired or held by this incident; return its holder."""
        item = {
            "id": f"open#{resource}",
            "holder": incident_id,
            "until": micros(until),
            "expires": expiry_seconds(until),
        }
        free = Attr("id").not_exists() | Attr("until").lte(micros(self._now()))
        holding = put_if(self._table, item, free | Attr("holder").eq(incident_id))
        return incident_id if holding is None else str(holding["holder"])

    def holder(self, resource: str) -> str | None:
        """Return the incident that holds the resource's open key, or None."""
        item = get(self._table, {"id": f"open#{resource}"})
        return str(item["holder"]) if item and item["until"] > micros(self._now()) else None

    def release(self, incident_id: str, resources: Sequence[str]) -> None:
        """Release the open keys that this incident holds."""
        for resource in resources:
            with ignore_failed_condition(self._table):
                self._table.delete_item(
                    Key={"id": f"open#{resource}"},
                    ConditionExpression=Attr("holder").eq(incident_id),
                )

    def admit(self, key: str, rate: Rate, now: datetime) -> bool:
        """Return whether one more send fits the fleet-wide rate, and count it if so.

        GCRA without a burst: the item holds the time of the next free send, so that no window of
        `per_seconds`, wherever it begins, holds more than `sends`.
        """
        spacing = -(-rate.per_seconds * 1_000_000 // rate.sends)
        item = {
            "id": f"rate#{key}",
            "free_at": micros(now) + spacing,
            "expires": expiry_seconds(now, 3600 + rate.per_seconds),
        }
        free = Attr("id").not_exists() | Attr("free_at").lte(micros(now))
        return put_if(self._table, item, free) is None
