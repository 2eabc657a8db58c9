"""What holds until a person says otherwise, in DynamoDB: one item per control, never deleted."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from functions.shared.adapters.aws_errors import is_condition, raising
from functions.shared.adapters.dynamodb_items import Item, query, where_it_holds
from functions.shared.adapters.dynamodb_table import DynamoDBTable
from functions.shared.domain.errors import RefusedError, StoreUnavailableError
from functions.shared.ports import Suspension

SUSPENDED: Final = "suspended"
LIFTED: Final = "lifted_at"
LIFTED_PROOFS: Final = "lifted_proofs"


class DynamoDBControls:
    """A `Controls`. A suspension that was lifted stays, with who lifted it and why."""

    def __init__(self, table: DynamoDBTable) -> None:
        self._table = table

    def suspended(self) -> Mapping[str, Suspension]:
        """Return the suspended seats by name, read consistently."""
        return {item["name"]: _suspension(item) for item in self._all() if LIFTED not in item}

    def lifted_at(self) -> Mapping[str, float]:
        """Return when the suspension of each seat was lifted that was, in seconds since 1970."""
        found = {item["name"]: item[LIFTED] for item in self._all() if LIFTED in item}
        return {seat: datetime.fromisoformat(at).timestamp() for seat, at in found.items()}

    def suspend(self, suspension: Suspension) -> None:
        """Suspend the seat, unless it is suspended, or was ever lifted from this very proof."""
        mark = _mark(suspension)
        settled = Attr(LIFTED).exists() & ~Attr(LIFTED_PROOFS).contains(mark)
        with where_it_holds(self._table):
            self._table.update_item(
                Key={"kind": SUSPENDED, "name": suspension.seat},
                UpdateExpression="SET since = :since, reason = :why, proof = :proof, mark = :mark"
                " REMOVE lifted_at, lifted_by, lifted_why",
                ExpressionAttributeValues={
                    ":since": Decimal(str(suspension.since)),
                    ":why": suspension.reason,
                    ":proof": list(suspension.proof),
                    ":mark": [mark],
                },
                ConditionExpression=Attr("name").not_exists() | settled,
            )

    def lift(self, seat: str, by: str, reason: str, at: datetime) -> None:
        """Let the seat weigh again. Raises RefusedError when it is not suspended."""
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            try:
                self._table.update_item(
                    Key={"kind": SUSPENDED, "name": seat},
                    UpdateExpression="SET lifted_at = :at, lifted_by = :by, lifted_why = :why,"
                    " lifted_proofs = list_append(if_not_exists(lifted_proofs, :none),"
                    " if_not_exists(mark, :none))",
                    ExpressionAttributeValues={
                        ":at": at.isoformat(),
                        ":by": by,
                        ":why": reason,
                        ":none": [],
                    },
                    ConditionExpression=Attr("name").exists() & Attr(LIFTED).not_exists(),
                )
            except ClientError as error:
                if not is_condition(error):
                    raise
                raise RefusedError(f"{seat} is not suspended") from error

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


def _mark(suspension: Suspension) -> str:
    """Return a digest of the proof: a person lifts a proof once, however often it is found."""
    return hashlib.sha256(json.dumps(suspension.proof).encode()).hexdigest()
