"""The contract of the memory of past incidents."""

from typing import Any

import pytest

from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.domain.memories import Remembered
from quorum.ports.log import PastIncidents
from tests.fakes import START, InMemoryMemory
from tests.integration.tables import create_table

both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])


EPOCH = int(START.timestamp())


def memory(kind: str) -> PastIncidents:
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


@both
def test_a_forgotten_incident_is_like_none_and_is_not_stored_again(kind: str) -> None:
    past = memory(kind)
    past.remember(remembered("a" * 32, errors=1.0))
    past.forget("a" * 32)
    past.forget("b" * 32)
    for one in ("a" * 32, "b" * 32):
        past.remember(remembered(one, errors=1.0))
    assert past.similar({"errors": 1.0}, 5) == []
    assert [one.seats for one in past.remembered(5)] == [(), ()]


@both
def test_stored_incidents_are_listed_up_to_a_limit(kind: str) -> None:
    past = memory(kind)
    ids = {f"{n:032x}" for n in range(5)}
    for one in ids:
        past.remember(remembered(one, errors=1.0))
    assert {one.incident_id for one in past.remembered(9)} == ids
    assert len(past.remembered(3)) == 3


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
