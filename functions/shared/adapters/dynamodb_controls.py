"""What holds until a person says otherwise, in DynamoDB: one item per control, never deleted."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

from functions.shared.adapters.aws_errors import is_condition, raising
from functions.shared.adapters.dynamodb_items import Item, put_if, query
from functions.shared.adapters.dynamodb_table import DynamoDBTable
from functions.shared.domain.errors import RefusedError, StoreUnavailableError
from functions.shared.ports import Suspension

SUSPENDED: Final = "suspended"
LIFTED: Final = "lifted_at"


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
        """Suspend the seat, unless it is suspended, or was lifted from this very proof."""
        item = {
            "kind": SUSPENDED,
            "name": suspension.seat,
            "since": Decimal(str(suspension.since)),
            "reason": suspension.reason,
            "proof": list(suspension.proof),
        }
        lifted = Attr(LIFTED).exists() & Attr("proof").ne(item["proof"])
        put_if(self._table, item, Attr("name").not_exists() | lifted)

    def lift(self, seat: str, by: str, reason: str, at: datetime) -> None:
        """Let the seat weigh again. Raises RefusedError when it is not suspended."""
        with raising(StoreUnavailableError, f"write to {self._table.name}"):
            try:
                self._table.update_item(
                    Key={"kind": SUSPENDED, "name": seat},
                    UpdateExpression="SET lifted_at = :at, lifted_by = :by, lifted_why = :why",
                    ExpressionAttributeValues={
                        ":at": at.isoformat(),
                        ":by": by,
                        ":why": reason,
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
