"""The contracts of snapshots, memory and the read model."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.shared.adapters.dynamodb_memory import DynamoDBMemory
from functions.shared.adapters.dynamodb_read_model import DynamoDBReadModel
from functions.shared.adapters.dynamodb_snapshot_book import DynamoDBSnapshotBook
from functions.shared.ports import (
    IncidentView,
    Memory,
    ReadModel,
    Remembered,
    Snapshot,
    SnapshotBook,
)
from tests.fakes import InMemoryMemory, InMemoryReadModel, InMemorySnapshotBook
from tests.integration.adapters.samples import INCIDENT, NOON, OTHER, change
from tests.integration.tables import create_table

both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])
EPOCH = int(NOON.timestamp())


def snapshot_book(kind: str) -> SnapshotBook:
    """Return the inventory's book."""
    if kind == "in_memory":
        return InMemorySnapshotBook()
    return DynamoDBSnapshotBook(create_table("inventory"))


def snapshot(seconds: float = 0, **settings: Any) -> Snapshot:
    """Return what the inventory saw so many seconds after noon."""
    return Snapshot(resource="lambda:checkout", taken_at=EPOCH + seconds, settings=settings)


@both
def test_the_newest_snapshot_is_kept(kind: str) -> None:
    book = snapshot_book(kind)
    assert book.newest("lambda:checkout") is None
    book.put(snapshot(0.25, alias_version="1"), [])
    book.put(snapshot(60.5, alias_version="2", reserved_concurrency=None, ok=True), [change()])
    book.put(snapshot(30, alias_version="1"), [change("late")])
    newest = book.newest("lambda:checkout")
    assert newest is not None
    assert newest.settings == {"alias_version": "2", "reserved_concurrency": None, "ok": True}
    assert [c.id for c in book.changes("lambda:checkout", NOON)] == ["change-1"]
    assert book.newest("lambda:cart") is None


@both
def test_changes_come_oldest_first_from_a_time_on_and_once(kind: str) -> None:
    book = snapshot_book(kind)
    book.put(snapshot(60), [change("b", EPOCH + 50), change("a", EPOCH + 40)])
    book.put(snapshot(120), [change("c", EPOCH + 110), change("b", EPOCH + 50)])
    assert [c.id for c in book.changes("lambda:checkout", NOON)] == ["a", "b", "c"]
    later = NOON + timedelta(seconds=50)
    assert [c.id for c in book.changes("lambda:checkout", later)] == ["b", "c"]
    assert book.changes("lambda:cart", NOON) == []


@both
def test_an_inventory_that_is_retried_changes_nothing(kind: str) -> None:
    book = snapshot_book(kind)
    for _ in range(2):
        book.put(snapshot(60, alias_version="2"), [change()])
    assert list(book.changes("lambda:checkout", NOON)) == [change()]


def test_a_crash_before_the_snapshot_is_written_loses_no_change() -> None:
    table = create_table("inventory")

    class Crashing:
        name = table.name
        get_item = table.get_item

        def put_item(self, **put: Any) -> Any:
            if put["Item"]["at"] == 0:
                raise KeyboardInterrupt
            return table.put_item(**put)

    with pytest.raises(KeyboardInterrupt):
        DynamoDBSnapshotBook(Crashing()).put(snapshot(60), [change()])  # type: ignore[arg-type]
    assert list(DynamoDBSnapshotBook(table).changes("lambda:checkout", NOON)) == [change()]


def memory(kind: str) -> Memory:
    """Return the memory."""
    return InMemoryMemory() if kind == "in_memory" else DynamoDBMemory(create_table("memory"))


def remembered(incident_id: str, *, worked: bool = True, **features: float) -> Remembered:
    """Return an ended incident with these features."""
    return Remembered(
        incident_id=incident_id,
        closed_at=EPOCH + 0.5,
        fingerprint=features,
        verb="lambda.rollback_alias",
        worked=worked,
    )


@both
def test_the_most_similar_incidents_come_first(kind: str) -> None:
    past = memory(kind)
    past.remember(remembered("a" * 32, errors=1.0, latency=1.0))
    past.remember(remembered("b" * 32, errors=3.0))
    past.remember(remembered("c" * 32, throttles=1.0))
    past.remember(remembered("d" * 32, errors=-1.0))
    past.remember(remembered("e" * 32))
    found = past.similar({"errors": 0.5}, 5)
    assert [(one.incident_id[0], round(one.similarity, 4)) for one in found] == [
        ("b", 1.0),
        ("a", 0.7071),
    ]
    assert [one.incident_id[0] for one in past.similar({"errors": 0.5}, 1)] == ["b"]
    assert past.similar({}, 5) == []


@both
def test_an_incident_is_remembered_once(kind: str) -> None:
    past = memory(kind)
    past.remember(remembered("a" * 32, worked=True, errors=1.0))
    past.remember(remembered("a" * 32, worked=False, errors=1.0))
    assert [one.worked for one in past.similar({"errors": 1.0}, 5)] == [True]


def test_the_scan_reads_all_pages_up_to_its_cap() -> None:
    table = create_table("memory")
    for n in range(7):
        DynamoDBMemory(table).remember(remembered(f"{n:032x}", errors=1.0))

    class Paged:
        name = table.name
        scans = 0

        def scan(self, **scan: Any) -> Any:
            self.scans += 1
            return table.scan(**{**scan, "Limit": min(2, scan["Limit"])})

    paged = Paged()
    assert len(DynamoDBMemory(paged).similar({"errors": 1.0}, 9)) == 7  # type: ignore[arg-type]
    assert len(DynamoDBMemory(paged, scanned=3).similar({"errors": 1.0}, 9)) == 3  # type: ignore[arg-type]
    assert paged.scans >= 6


def read_model(kind: str) -> ReadModel:
    """Return the read model."""
    return InMemoryReadModel() if kind == "in_memory" else DynamoDBReadModel(create_table("view"))


def view(incident_id: str = INCIDENT, version: int = 1, **fields: Any) -> IncidentView:
    """Return an incident's view."""
    given = {"status": "open", "opened_at": NOON, "details": {"score": 0.7, "tags": ["a"]}}
    return IncidentView(incident_id=incident_id, version=version, **{**given, **fields})


@both
def test_a_newer_view_replaces_an_older_one_and_never_the_other_way_round(kind: str) -> None:
    model = read_model(kind)
    assert model.get(INCIDENT) is None
    assert model.put(view(version=2, status="deciding"))
    assert not model.put(view(version=2))
    assert not model.put(view(version=1))
    assert model.put(view(version=10, status="closed"))
    assert model.get(INCIDENT) == view(version=10, status="closed")


@both
def test_incidents_are_listed_by_status_newest_first(kind: str) -> None:
    model = read_model(kind)
    for n in range(4):
        model.put(view(f"{n:032x}", opened_at=NOON + timedelta(minutes=n)))
    model.put(view(OTHER, status="closed"))
    model.put(view(f"{3:032x}", version=2, status="closed", opened_at=NOON))
    assert [one.incident_id[-1] for one in model.by_status("open", 2)] == ["2", "1"]
    assert [one.incident_id[-1] for one in model.by_status("open", 9)] == ["2", "1", "0"]
    assert len(model.by_status("closed", 9)) == 2
    assert model.by_status("acting", 9) == []


@both
def test_a_view_comes_back_whole(kind: str) -> None:
    model = read_model(kind)
    model.put(view(details={"n": 1.5, "list": [1, {"a": None}], "text": "näh"}))
    stored = model.get(INCIDENT)
    assert stored is not None
    assert json.dumps(stored.details) == json.dumps(
        {"n": 1.5, "list": [1, {"a": None}], "text": "näh"}
    )
