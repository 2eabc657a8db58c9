"""The log's items in DynamoDB: pages, tampering, and tables that cannot be used."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.domain.errors import (
    InvalidHistoryError,
    StoreUnavailableError,
)
from quorum.domain.events import IncidentEvent
from quorum.domain.incident import replay
from quorum.ports.log import EventStore
from tests.builders.events import INCIDENT, closed, opened, recovered
from tests.fakes import START
from tests.integration.tables import create_table, table_named


def history() -> list[IncidentEvent]:
    """Return three consecutive events of one incident."""
    first = opened()
    second = recovered(first)
    return [first, second, closed(second)]


def test_a_long_log_is_read_to_its_end() -> None:
    table = create_table("events")
    store = DynamoDBEventStore(PagesOf(table, 2))  # type: ignore[arg-type]
    for event in history():
        store.append(event)
    assert list(store.load(INCIDENT)) == history()


def test_reads_are_consistent() -> None:
    table = Recording(create_table("events"))
    DynamoDBEventStore(table).load(INCIDENT)  # type: ignore[arg-type]
    assert table.queries[0]["ConsistentRead"] is True


def test_rewritten_event_is_detected_at_replay() -> None:
    table = create_table("events")
    store = DynamoDBEventStore(table)
    for event in history():
        store.append(event)
    item = table.get_item(Key={"incident_id": INCIDENT, "version": 1})["Item"]
    rewritten = str(item["event"]).replace('"flapping":false', '"flapping":true')
    table.put_item(Item={**item, "event": rewritten})
    with pytest.raises(InvalidHistoryError, match="rewritten"):
        replay(store.load(INCIDENT))


@pytest.mark.parametrize("body", ["{}", "not json", '{"type":"NeverHeardOf"}'])
def test_item_that_is_no_event_is_an_invalid_history(body: str) -> None:
    table = create_table("events")
    table.put_item(Item={"incident_id": INCIDENT, "version": 1, "event": body})
    with pytest.raises(InvalidHistoryError, match="version 1"):
        DynamoDBEventStore(table).load(INCIDENT)


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.load(INCIDENT),
        lambda store: store.append(opened()),
        lambda store: store.opened_since(START),
    ],
)
def test_unusable_table_raises_store_unavailable_with_the_reason(
    call: Callable[[EventStore], Any],
) -> None:
    missing = table_named("nowhere")
    with pytest.raises(StoreUnavailableError, match="ResourceNotFound") as raised:
        call(DynamoDBEventStore(missing))
    assert isinstance(raised.value.__cause__, ClientError)


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "PutItem"),
        EndpointConnectionError(endpoint_url="https://nowhere"),
    ],
)
def test_a_refused_or_unanswered_append_is_never_taken_for_success(error: Exception) -> None:
    class Refusing:
        name = "events"

        def put_item(self, **_: Any) -> None:
            raise error

    with pytest.raises(StoreUnavailableError) as raised:
        DynamoDBEventStore(Refusing()).append(opened())  # type: ignore[arg-type]
    assert raised.value.__cause__ is error


class Recording:
    """A table that remembers its queries."""

    def __init__(self, table: Any) -> None:
        self._table, self.name = table, table.name
        self.queries: list[dict[str, Any]] = []

    def query(self, **query: Any) -> Any:
        self.queries.append(query)
        return self._table.query(**query)

    def put_item(self, **put: Any) -> Any:
        return self._table.put_item(**put)


class PagesOf(Recording):
    """A table that answers in small pages."""

    def __init__(self, table: Any, size: int) -> None:
        super().__init__(table)
        self._size = size

    def query(self, **query: Any) -> Any:
        return super().query(**query, Limit=self._size)
