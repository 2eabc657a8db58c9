"""The newest suspension of each seat, in DynamoDB."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from boto3.dynamodb.conditions import Attr, Key

from quorum.adapters.dynamodb.items import Item, ignore_failed_condition, query
from quorum.adapters.dynamodb.table import DynamoDBTable
from quorum.domain.suspensions import Suspension

SUSPENDED: Final = "suspended"
LIFTED: Final = "lifted_at"
LIFTED_PROOFS: Final = "lifted_proofs"
"""Attributes of suspensions of an earlier version: the reinstatement, and its proofs."""


class DynamoDBControls:
    """A `Controls`: one item per seat that was ever suspended."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def suspended(self) -> Mapping[str, Suspension]:
        """Return the newest suspension of each seat by name, read consistently."""
        return {item["name"]: _suspension(item) for item in self._all() if LIFTED not in item}

    def formerly_reinstated(self) -> Mapping[str, float]:
        """Return reinstatements by an earlier version: times since 1970, in seconds, by seat."""
        times = {item["name"]: item[LIFTED] for item in self._all() if LIFTED in item}
        return {seat: datetime.fromisoformat(at).timestamp() for seat, at in times.items()}

    def suspend(self, suspension: Suspension) -> None:
        """Store it as the seat's newest suspension."""
        item = {
            "kind": SUSPENDED,
            "name": suspension.seat,
            "since": Decimal(str(suspension.since)),
            "reason": suspension.reason,
            "proof": list(suspension.proof),
        }
        fresh = Attr(LIFTED_PROOFS).not_exists() | ~Attr(LIFTED_PROOFS).contains(suspension.mark())
        with ignore_failed_condition(self._table):
            self._table.put_item(Item=item, ConditionExpression=fresh)

    def _all(self) -> Iterator[Item]:
        condition = Key("kind").eq(SUSPENDED)
        return query(self._table, KeyConditionExpression=condition, ConsistentRead=True)


def _suspension(item: Item) -> Suspension:
    return Suspension(
        seat=item["name"],
        since=float(item["since"]),
        reason=item["reason"],
        proof=tuple(item["proof"]),
    )
