"""The contract of the occurrences of known problems."""

import pytest

from quorum.adapters.dynamodb.occurrences import DynamoDBOccurrences
from quorum.domain.known_problems import Occurrence
from quorum.ports.memory import Occurrences
from tests.fakes.occurrences import InMemoryOccurrences
from tests.integration.tables import create_table

both = pytest.mark.parametrize("kind", ["in_memory", "dynamodb"])
PROBLEM, OTHER = "a" * 32, "b" * 32


def occurrences(kind: str) -> Occurrences:
    """Return the store."""
    return (
        InMemoryOccurrences()
        if kind == "in_memory"
        else DynamoDBOccurrences(create_table("knowledge"))
    )


def occurrence(number: int, revision: int = 1, problem: str | None = PROBLEM) -> Occurrence:
    """Return the incident's occurrence."""
    return Occurrence(incident_id=f"{number:032x}", problem=problem, revision=revision)


@both
def test_occurrences_are_listed_by_problem(kind: str) -> None:
    store = occurrences(kind)
    stored = [occurrence(1), occurrence(2), occurrence(3, problem=OTHER), occurrence(4, 1, None)]
    assert all(map(store.put, stored))
    assert list(store.of(PROBLEM)) == stored[:2]
    assert [store.find(one.incident_id) for one in stored] == stored
    assert store.find("f" * 32) is None
    assert list(store.of("c" * 32)) == []


@both
def test_the_higher_revision_stays(kind: str) -> None:
    store = occurrences(kind)
    newer = occurrence(1, 7)
    assert store.put(newer)
    assert store.put(newer), "a repetition is no conflict"
    assert not store.put(occurrence(1, 6))
    assert list(store.of(PROBLEM)) == [newer]
    assert store.find(newer.incident_id) == newer


@both
def test_a_finished_revision_covers_earlier_ones(kind: str) -> None:
    store = occurrences(kind)
    assert not store.finished(occurrence(1))
    store.finish(occurrence(1, 5))
    store.finish(occurrence(1, 4))
    assert store.finished(occurrence(1, 5))
    assert store.finished(occurrence(1, 4))
    assert not store.finished(occurrence(1, 6))
    assert not store.finished(occurrence(2, 1))
