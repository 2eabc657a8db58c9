"""Helpers of the DynamoDB adapters: conditional writes, complete queries, exact times."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

from botocore.exceptions import ClientError

from quorum.adapters.aws.aws_errors import is_failed_condition, raising
from quorum.adapters.dynamodb.table import DynamoDBTable, deserialized
from quorum.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from boto3.dynamodb.conditions import ConditionBase

Item = dict[str, Any]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MARK: Final = "put"
MICROSECOND: Final = timedelta(microseconds=1)


def put_if(table: DynamoDBTable, item: Item, condition: "ConditionBase") -> Item | None:
    """Put the item if the condition holds; otherwise return the stored item.

    Returns None when it was put. The condition must hold where there is no item. Each call marks
    its item: when the SDK repeats a put whose response was lost, the mark shows that the put
    succeeded.
    """
    mark = uuid4().hex
    with raising(StoreUnavailableError, f"write to {table.name}"):
        try:
            table.put_item(
                Item={**item, MARK: mark},
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not is_failed_condition(error):
                raise
            stored = stored_item(error)
            return None if stored.pop(MARK, None) == mark else stored
    return None


@contextmanager
def ignore_failed_condition(table: DynamoDBTable) -> Iterator[None]:
    """Ignore a conditional write whose condition is false: it changes nothing."""
    with raising(StoreUnavailableError, f"write to {table.name}"):
        try:
            yield
        except ClientError as error:
            if not is_failed_condition(error):
                raise


def stored_item(error: ClientError) -> Item:
    """Return the item that made a conditional write fail; empty when there was none."""
    return deserialized(cast("Item", error.response).get("Item", {}))


def get(table: DynamoDBTable, key: Item) -> Item | None:
    """Return the item, read consistently, or None."""
    with raising(StoreUnavailableError, f"read from {table.name}"):
        item = table.get_item(Key=key, ConsistentRead=True).get("Item")
    return None if item is None else {name: v for name, v in item.items() if name != MARK}


def query(table: DynamoDBTable, **parameters: Any) -> Iterator[Item]:
    """Yield the items of all pages."""
    return _pages(table, table.query, parameters)


def scan(table: DynamoDBTable, **parameters: Any) -> Iterator[Item]:
    """Yield all items of the table, in no particular order."""
    return _pages(table, table.scan, parameters)


def _pages(
    table: DynamoDBTable, read: Callable[..., Any], parameters: dict[str, Any]
) -> Iterator[Item]:
    while True:
        with raising(StoreUnavailableError, f"read from {table.name}"):
            page = read(**parameters)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def micros(at: datetime) -> int:
    """Return microseconds since 1970, exactly."""
    return (at - EPOCH) // MICROSECOND


def from_micros(value: Any) -> datetime:
    """Return the time of a result of `micros`."""
    return EPOCH + int(value) * MICROSECOND


def expiry_seconds(at: datetime, seconds: float = 0) -> int:
    """Return whole seconds since 1970, rounded up, as DynamoDB's time to live needs them."""
    return -((EPOCH - at - timedelta(seconds=seconds)) // timedelta(seconds=1))


def sortable_text(at: datetime) -> str:
    """Return the time in UTC as text of fixed width, which sorts in time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def days(first: datetime, last: datetime) -> list[str]:
    """Return the dates from the first to the last time, in UTC, as the keys of an index by day."""
    start, end = first.astimezone(UTC).date(), last.astimezone(UTC).date()
    return [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]
