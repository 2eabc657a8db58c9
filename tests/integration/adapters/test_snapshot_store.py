"""The contract of the inventory's snapshots."""

from datetime import timedelta
from typing import Any

import pytest

from quorum.adapters.dynamodb.snapshot_store import NEWEST, DynamoDBSnapshotStore
from quorum.domain.evidence import Change
from quorum.domain.snapshots import Snapshot
from quorum.ports.telemetry import Past, SnapshotStore
from tests.builders.evidence import deployed
from tests.fakes import START, InMemorySnapshotStore
from tests.integration.tables import create_table

both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


EPOCH = int(START.timestamp())


def snapshot_store(kind: str) -> SnapshotStore:
    """Return the inventory's book."""
    if kind == "in_memory":
        return InMemorySnapshotStore()
    return DynamoDBSnapshotStore(create_table("inventory"))


def change(name: str = "change-1", at: int = EPOCH) -> Change:
    """Return an alias that moved within the minute before."""
    return deployed("lambda:checkout", at - EPOCH - 60, width=60, id=name)


def snapshot(seconds: float = 0, **settings: Any) -> Snapshot:
    """Return what the inventory saw so many seconds after noon."""
    return Snapshot(resource="lambda:checkout", taken_at=EPOCH + seconds, settings=settings)


@both
def test_the_newest_snapshot_is_kept(kind: str) -> None:
    book = snapshot_store(kind)
    assert book.newest("lambda:checkout") is None
    book.put(snapshot(0.25, alias_version="1"), [])
    book.put(snapshot(60.5, alias_version="2", reserved_concurrency=None, ok=True), [change()])
    book.put(snapshot(30, alias_version="1"), [change("late")])
    newest = book.newest("lambda:checkout")
    assert newest is not None
    assert newest.settings == {"alias_version": "2", "reserved_concurrency": None, "ok": True}
    assert book.past("lambda:checkout", START + timedelta(days=1)) == Past(newest, [])
    assert [c.id for c in book.past("lambda:checkout", START).changes] == ["change-1"]
    assert book.newest("lambda:cart") is None


@both
def test_changes_come_oldest_first_from_a_time_on_and_once(kind: str) -> None:
    book = snapshot_store(kind)
    book.put(snapshot(60), [change("b", EPOCH + 50), change("a", EPOCH + 40)])
    book.put(snapshot(120), [change("c", EPOCH + 110), change("b", EPOCH + 50)])
    assert [c.id for c in book.past("lambda:checkout", START).changes] == ["a", "b", "c"]
    later = START + timedelta(seconds=50)
    assert [c.id for c in book.past("lambda:checkout", later).changes] == ["b", "c"]
    assert book.past("lambda:cart", START).changes == []


@both
def test_an_inventory_that_is_retried_changes_nothing(kind: str) -> None:
    book = snapshot_store(kind)
    for _ in range(2):
        book.put(snapshot(60, alias_version="2"), [change()])
    assert list(book.past("lambda:checkout", START).changes) == [change()]


def test_a_crash_before_the_snapshot_is_written_loses_no_change() -> None:
    table = create_table("inventory")

    class Crashing:
        name = table.name
        get_item = table.get_item

        def put_item(self, **put: Any) -> Any:
            if put["Item"]["at"] == NEWEST:
                raise KeyboardInterrupt
            return table.put_item(**put)

    with pytest.raises(KeyboardInterrupt):
        DynamoDBSnapshotStore(Crashing()).put(snapshot(60), [change()])  # type: ignore[arg-type]
    assert list(DynamoDBSnapshotStore(table).past("lambda:checkout", START).changes) == [change()]
