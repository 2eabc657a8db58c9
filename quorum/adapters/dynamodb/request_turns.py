"""Turns to send requests, in the operations table: one item `rate#api#<name>` per API."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import is_failed_condition, raising
from quorum.adapters.dynamodb.items import (
    expiry_seconds,
    from_micros,
    micros,
    put_if,
    stored_item,
)
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.constants import Rate
from quorum.domain.errors import StoreUnavailableError

WRITES: Final = 4
KEPT_SECONDS: Final = 3600
PLAUSIBLE: Final = timedelta(minutes=1)
"""No queue of turns is longer: an item that states more is from a wrong clock, and is replaced."""


class _Attempt(NamedTuple):
    """The result of one conditional write: the time at which the bucket was full before it."""

    full_at: int
    granted: bool


class DynamoDBRequestTurns:
    """A `RequestTurns` by GCRA: a token bucket as one number, the time at which it is full again.

    A turn is one conditional write: an increment while requests queue, a put after a pause. The
    last answer decides which one is tried first, so that a second write is rare.
    """

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table
        self._full_at: dict[str, int] = {}

    def reserve(self, api: str, rate: Rate, now: datetime, latest: datetime) -> datetime | None:
        """Reserve the next free turn and return its time; None when it would be after `latest`.

        Raises StoreUnavailableError, also after too many lost races.
        """
        spacing = -(-rate.per_seconds * 1_000_000 // rate.sends)
        burst = (rate.sends - 1) * spacing
        key, known, last = f"rate#api#{api}", self._full_at.get(api, 0), micros(latest) + burst
        for _ in range(WRITES):
            plausible = known <= micros(now + PLAUSIBLE)
            if plausible and known > last:
                return None
            if plausible and known > micros(now):
                attempt = self._queue(key, spacing, micros(now), last)
            else:
                attempt = self._restart(key, spacing, now)
            self._full_at[api] = known = attempt.full_at + spacing * attempt.granted
            if attempt.granted:
                return max(now, from_micros(attempt.full_at - burst))
        raise StoreUnavailableError(f"no turn for {api}: too many lost races")

    def _restart(self, key: str, spacing: int, now: datetime) -> _Attempt:
        """Take the first turn after a pause in which the bucket became full, or of a new item."""
        expires = expiry_seconds(now, KEPT_SECONDS)
        item = {"id": key, "full_at": micros(now) + spacing, "expires": expires}
        full = Attr("full_at").lte(micros(now)) | Attr("full_at").gt(micros(now + PLAUSIBLE))
        stored = put_if(self._table, item, Attr("id").not_exists() | full)
        return _Attempt(micros(now) if stored is None else _full_at(stored), granted=stored is None)

    def _queue(self, key: str, spacing: int, now: int, last: int) -> _Attempt:
        """Take the next turn while others are taken, unless it would be too late."""
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            try:
                answer = self._table.update_item(
                    Key={"id": key},
                    UpdateExpression="SET full_at = full_at + :spacing, expires = :expires",
                    ConditionExpression=Attr("full_at").gt(now) & Attr("full_at").lte(last),
                    ExpressionAttributeValues={
                        ":spacing": spacing,
                        ":expires": expiry_seconds(from_micros(last), KEPT_SECONDS),
                    },
                    ReturnValues="UPDATED_OLD",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                return _Attempt(_full_at(stored_item(error)), granted=False)
        return _Attempt(_full_at(answer["Attributes"]), granted=True)


def _full_at(item: dict[str, object]) -> int:
    return int(str(item.get("full_at", 0)))
