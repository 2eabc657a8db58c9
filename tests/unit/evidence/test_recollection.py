"""The memory on the path: asked once, within two seconds, and needed by no other seat."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from functions.evidence.recollection import Memories
from quorum.application.circuit_breaker import Breaker
from quorum.application.knowledge import KnowledgeUpdater, experience
from quorum.application.recollection import Recollection
from quorum.domain.canonical import canonical_json
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.evidence import Bundle
from quorum.domain.memories import Remembered
from quorum.domain.memory_entries import Hits, MemoryQuery
from tests.builders.alarms import error_alarm
from tests.builders.incident_logs import Log
from tests.builders.memory import EMBEDDER
from tests.fakes import START, FakeClock, InMemoryBreakerStore, InMemoryMemory
from tests.fakes.occurrences import InMemoryOccurrences
from tests.fakes.vector_memory import InMemoryVectorMemory

ALARM = error_alarm("front")
SECONDS = 0.2


def log(number: int) -> Log:
    """Return the log of an incident of the same problem."""
    found = Log(f"{number:032x}")
    found.clock.advance(3600 * number)
    found.write_opening(ALARM)
    return found


def bundle() -> Bundle:
    """Return the evidence of one more."""
    return log(9).bundle(alarms=(ALARM,))


def learned(*numbers: int) -> Recollection:
    """Return the memory of ended incidents in which a rollback worked."""
    memory = InMemoryVectorMemory(EMBEDDER.model)
    updater = KnowledgeUpdater(memory, EMBEDDER, InMemoryOccurrences())
    for number in numbers:
        ended = log(number).freeze(alarms=(ALARM,)).decide().act().check().close()
        known = experience(ended.events, ended.evidence)
        assert known is not None
        updater.learn(known)
    return Recollection(memory, EMBEDDER)


def past(number: int) -> Remembered:
    """Return an ended incident, by its numbers."""
    features = {"changed-alias": 1.0, "failing": 1.0}
    return Remembered(
        incident_id=f"{number:032x}",
        closed_at=float(number),
        fingerprint=features,
        verb="lambda.rollback_alias",
        worked=True,
    )


class Broken(InMemoryVectorMemory):
    """A memory that is down, after so many seconds."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(EMBEDDER.model)
        self.seconds, self.searches = seconds, 0

    def search(self, query: MemoryQuery) -> Hits:
        """Raise."""
        self.searches += 1
        time.sleep(self.seconds)
        raise StoreUnavailableError(f"no answer about {query.kind}")


class BrokenPast(InMemoryMemory):
    """Numbers that cannot be read."""

    def similar(self, fingerprint: Mapping[str, float], limit: int) -> Sequence[Remembered]:
        """Raise."""
        raise StoreUnavailableError(f"no table with {limit} like {fingerprint}")


def test_the_third_time_the_bundle_says_what_worked_twice() -> None:
    found = Memories(InMemoryMemory(past(1), past(2)), learned(1, 2)).added_to(bundle())
    assert [one.outcome for one in found.past] == ["worked", "worked"]
    [problem, *incidents] = found.seen
    assert (problem.kind, problem.same, problem.record.times) == ("known_problem", True, 2)
    [method] = problem.record.methods
    assert (method.verb, method.worked, method.failed) == ("lambda.rollback_alias", 2, 0)
    assert problem.record.incidents == (f"{2:032x}", f"{1:032x}")
    assert {one.record.incidents[0] for one in incidents} == set(problem.record.incidents)
    assert found.recall_failed == ""


def test_an_empty_memory_leaves_the_evidence_and_its_digest_as_they_were() -> None:
    plain = bundle()
    for memories in (Memories(InMemoryMemory()), Memories(InMemoryMemory(), learned())):
        found = memories.added_to(plain)
        assert canonical_json(found) == canonical_json(plain)
    assert b'"past"' not in canonical_json(plain)


@pytest.mark.parametrize("seconds", [0.0, 3 * SECONDS])
def test_a_memory_of_texts_that_is_down_or_slow_costs_the_numbers_nothing(seconds: float) -> None:
    failures: list[str] = []
    texts = Recollection(Broken(seconds), EMBEDDER)
    numbers = InMemoryMemory(past(1), past(2))
    memories = Memories(numbers, texts, failed=failures.append, seconds=SECONDS)
    before = time.monotonic()
    found = memories.added_to(bundle())
    assert time.monotonic() - before < 2 * SECONDS
    assert len(found.past) == 2
    assert found.seen == ()
    assert failures == [found.recall_failed] != [""]
    assert found.gaps() == bundle().gaps(), "no gap, which would cost every seat confidence"


def test_numbers_that_cannot_be_read_cost_the_texts_nothing() -> None:
    found = Memories(BrokenPast(), learned(1)).added_to(bundle())
    assert (found.past, len(found.seen)) == ((), 2)
    assert "no table" in found.recall_failed


def test_a_memory_that_keeps_failing_is_asked_no_more() -> None:
    broken = Broken()
    breaker = Breaker("memory", InMemoryBreakerStore(), now=FakeClock(START))
    memories = Memories(InMemoryMemory(), Recollection(broken, EMBEDDER), breaker)
    reasons = [memories.added_to(bundle()).recall_failed for _ in range(8)]
    assert broken.searches == 5
    assert "circuit breaker" in reasons[-1]


def test_another_accounts_incidents_are_not_found() -> None:
    texts: Any = learned(1)
    other = bundle().model_copy(
        update={"alarms": (ALARM.model_copy(update={"account": "999999999999"}),)}
    )
    assert Memories(InMemoryMemory(), texts).added_to(other).seen == ()
