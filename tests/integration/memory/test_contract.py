"""The contract of `Memory`, on every adapter that can run here."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from local.memory.artefacts import ArtefactsUnavailableError
from quorum.domain.errors import InvalidInputError
from quorum.domain.memory_entries import Embedded, Structure, entry_id, incident_source
from quorum.ports.memory import Memory
from tests.builders.memory import AT, EMBEDDER, embedded, query
from tests.fakes.embedder import HashingEmbedder
from tests.integration.memory.stages import Servers, servers

NOW = datetime.fromtimestamp(AT + 60, UTC)
OTHER = HashingEmbedder(32, "test.hashing-v2")


SERVERS = ("dynamodb", "opensearch", "opensearch_without_ids")
KINDS = ("in_memory", *(pytest.param(kind, marks=pytest.mark.slow) for kind in SERVERS))
"""`make memory` starts the servers; their parts are fetched once, some 200 MB."""


@pytest.fixture(scope="module")
def running() -> Iterator[Servers]:
    """Yield the servers, each started by the first test that needs it."""
    with servers() as started:
        yield started


@pytest.fixture(params=KINDS)
def memory(request: pytest.FixtureRequest, running: Servers) -> Memory:
    """Return an empty memory."""
    try:
        return running.memory(request.param, EMBEDDER.model, lambda: NOW, OTHER.model.dimensions)
    except ArtefactsUnavailableError as error:
        pytest.skip(f"no OpenSearch, as its parts cannot be fetched: {error}")


def ids(*names: str) -> set[str]:
    """Return the ids of the incidents of these names."""
    return {entry_id("incident", name) for name in names}


def test_the_nearest_come_first_by_vector_and_by_words(memory: Memory) -> None:
    memory.remember(
        [
            embedded("pool", "connection pool exhausted"),
            embedded("pool-too", "connection pool of the payment database exhausted"),
            embedded("disk", "no space left on device"),
        ]
    )
    found = memory.search(query("connection pool exhausted"))
    assert found.by_vector[0].entry.id == entry_id("incident", "pool")
    assert found.by_vector[0].score == pytest.approx(1.0, abs=1e-4)
    assert {hit.entry.id for hit in found.by_vector} == ids("pool", "pool-too", "disk")
    assert [hit.entry.id for hit in found.by_words] == [
        entry_id("incident", "pool"),
        entry_id("incident", "pool-too"),
    ]
    assert len(memory.search(query("connection pool exhausted", limit=1)).by_words) == 1


def test_an_entry_comes_back_whole(memory: Memory) -> None:
    stored = embedded(
        "a",
        'a <b>"quoted"</b> text\nof two lines: ünïcode',
        outcome="worked",
        verb="lambda.rollback_alias",
        structure=Structure(
            features={"changed-alias": 1.0, "failing": 0.25}, resources=("lambda:checkout",)
        ),
        revision=3,
    )
    memory.remember([stored])
    assert memory.search(query("quoted text")).by_words[0].entry == stored.entry
    assert list(memory.entries()) == [stored.entry]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ("a", "b", "c")),
        ({"account": "444455556666"}, ("b",)),
        ({"service": "sqs"}, ("c",)),
        ({"outcome": "worked"}, ("b", "c")),
        ({"outcome": "worked", "service": "lambda"}, ("b",)),
        ({"since": AT}, ("a", "b")),
        ({"until": AT}, ("c",)),
        ({"since": AT - 200 * 86400, "until": AT + 1}, ("a", "b", "c")),
        ({"service": "dynamodb"}, ()),
    ],
)
def test_filters_hold_in_both_rankings(
    memory: Memory, filters: dict[str, Any], names: tuple[str, ...]
) -> None:
    memory.remember(
        [
            embedded("a", "pool exhausted"),
            embedded("b", "pool exhausted", account="444455556666", outcome="worked"),
            embedded("c", "pool exhausted", service="sqs", outcome="worked", at=AT - 100 * 86400),
            embedded("d", "pool exhausted", kind="finding"),
        ]
    )
    found = memory.search(query("pool exhausted", **filters))
    assert {hit.entry.id for hit in found.by_vector} == ids(*names)
    assert {hit.entry.id for hit in found.by_words} == ids(*names)


def test_the_higher_revision_stays_whatever_the_order(memory: Memory) -> None:
    one, two = (embedded("a", f"text {n}", revision=n) for n in (1, 2))
    for order in ([one, two], [two, one], [two, two, one]):
        for entry in order:
            memory.remember([entry])
        assert [entry.revision for entry in memory.entries()] == [2]
    assert len(memory.search(query("text")).by_vector) == 1


def test_a_forgotten_source_is_found_no_more(memory: Memory) -> None:
    shared = incident_source("a" * 32)
    memory.remember(
        [
            embedded("a", "pool exhausted", source=shared),
            embedded("a1", "pool exhausted", source=shared, kind="finding"),
            embedded("b", "pool exhausted"),
        ]
    )
    assert memory.forget(shared) == 2
    assert memory.forget(shared) == 0
    assert {entry.id for entry in memory.entries()} == ids("b")
    assert memory.search(query("pool exhausted", kind="finding")).by_words == ()


def test_vectors_of_another_model_are_refused(memory: Memory) -> None:
    with pytest.raises(InvalidInputError):
        memory.remember([embedded("a", "text"), embedded("b", "text", OTHER)])
    with pytest.raises(InvalidInputError):
        memory.search(query("text", OTHER))
    assert list(memory.entries()) == []


def test_a_new_model_is_a_rebuild_and_a_switch(memory: Memory) -> None:
    memory.remember([embedded("a", "pool exhausted"), embedded("b", "disk full")])
    with pytest.raises(InvalidInputError):
        memory.rebuild(OTHER.model, [embedded("a", "pool exhausted")])
    assert memory.model == EMBEDDER.model
    memory.rebuild(OTHER.model, [embedded("a", "pool exhausted", OTHER)])
    assert memory.model == OTHER.model
    assert {entry.id for entry in memory.entries()} == ids("a")
    assert memory.search(query("pool", OTHER)).by_words[0].entry.model == OTHER.model
    with pytest.raises(InvalidInputError):
        memory.remember([embedded("c", "text")])


def test_a_rebuild_with_the_same_model_replaces_the_content(memory: Memory) -> None:
    memory.remember([embedded("a", "pool exhausted")])
    memory.rebuild(EMBEDDER.model, [embedded("b", "pool exhausted")])
    assert {entry.id for entry in memory.entries()} == ids("b")


def test_entries_stored_during_a_rebuild_are_in_the_former_index(memory: Memory) -> None:
    """Therefore `application.knowledge.rebuild` reads the log again after the switch."""
    memory.remember([embedded("a", "pool exhausted")])

    def meanwhile() -> Iterator[Embedded]:
        memory.remember([embedded("b", "disk full")])
        yield embedded("a", "pool exhausted")

    memory.rebuild(EMBEDDER.model, meanwhile())
    assert {entry.id for entry in memory.entries()} == ids("a"), "the former index had b"
    memory.remember([embedded("b", "disk full")])
    assert {entry.id for entry in memory.entries()} == ids("a", "b")


def test_an_empty_memory_finds_nothing(memory: Memory) -> None:
    assert memory.search(query("anything")) == ((), ())
    memory.remember([])
    assert list(memory.entries()) == []
