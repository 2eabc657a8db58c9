"""The knowledge updater: a projection of the log, in any order, repeated, interrupted, rebuilt."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorum.application.knowledge import KnowledgeUpdater, experience, rebuild
from quorum.domain.base import OutsiderText
from quorum.domain.errors import ModelThrottledError
from quorum.domain.events import IncidentForgotten, PostMortemWritten
from quorum.domain.experiences import Experience, incident_text
from quorum.domain.known_problems import merged
from quorum.domain.memory_entries import (
    MemoryEntry,
    MethodRecord,
    ProblemRecord,
    Vector,
    entry_id,
)
from quorum.ports.memory import Memory
from tests.builders.alarms import error_alarm
from tests.builders.evidence import template
from tests.builders.incident_logs import Log
from tests.fakes.embedder import HashingEmbedder
from tests.fakes.occurrences import InMemoryOccurrences
from tests.fakes.vector_memory import InMemoryVectorMemory

RESOURCES: Final = ("front", "front", "back", "front", "back", "stock")
KEPT, FORGOTTEN = range(4), range(4, 6)


def ended(number: int) -> Log:
    """Return the log of an ended incident; those of one resource are the same problem."""
    log = Log(f"{number:032x}")
    log.clock.advance(3600 * number)
    log.write_opening(error_alarm(RESOURCES[number]))
    log.freeze(alarms=(error_alarm(RESOURCES[number]),)).decide().act()
    if number % 2:
        return log.check("failed", "ALARM").undo().close("undone", "no_recovery")
    return log.check().close()


def forget(log: Log) -> Log:
    """Return the log after a person had the incident forgotten."""
    log.add(
        IncidentForgotten, by=OutsiderText.of("sam"), via="cli", reason=OutsiderText.of("a drill")
    )
    return log


def learned(log: Log) -> Experience:
    """Return what the log teaches."""
    found = experience(log.events, log.evidence)
    assert found is not None
    return found


@cache
def experiences() -> tuple[tuple[Experience, ...], ...]:
    """Return what the logs teach, per incident from its end to its last event."""
    logs = [ended(number) for number in range(6)]
    found = [[learned(log)] for log in logs]
    for number in FORGOTTEN:
        found[number].append(learned(forget(logs[number])))
    return tuple(map(tuple, found))


def newest() -> tuple[Experience, ...]:
    """Return what the whole log teaches."""
    return tuple(one[-1] for one in experiences())


class FailingEmbedder(HashingEmbedder):
    """An embedder that is throttled at the given calls."""

    def __init__(self, failures: Iterable[int] = ()) -> None:
        super().__init__()
        self.failures, self.calls = set(failures), 0

    def embed(self, text: str) -> Vector:
        """Return the vector, or raise."""
        self.calls += 1
        if self.calls in self.failures:
            raise ModelThrottledError("slow down")
        return super().embed(text)


def updater(*failures: int) -> KnowledgeUpdater:
    """Return an updater with an empty memory."""
    embedder = FailingEmbedder(failures)
    return KnowledgeUpdater(InMemoryVectorMemory(embedder.model), embedder, InMemoryOccurrences())


def content(memory: Memory) -> dict[str, MemoryEntry]:
    """Return the entries by id, without revisions: a problem's also counts forgotten incidents."""
    return {entry.id: entry.model_copy(update={"revision": 0}) for entry in memory.entries()}


def in_one_pass() -> dict[str, MemoryEntry]:
    """Return the content after one rebuild from the log."""
    fresh = updater()
    rebuild(fresh, newest)
    return content(fresh.memory)


def deliver(one: KnowledgeUpdater, what: Experience) -> None:
    """Learn, as the stream does: a failed record is delivered again."""
    for _ in range(9):
        try:
            one.learn(what)
        except ModelThrottledError:
            continue
        return
    raise AssertionError("never learned")


DELIVERIES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), max_size=14)


@settings(deadline=None, max_examples=60)
@given(DELIVERIES, st.permutations(range(6)), st.sets(st.integers(1, 60), max_size=6))
def test_any_order_repetition_or_restart_ends_with_the_content_of_one_pass(
    early: list[tuple[int, int]], order: list[int], failures: set[int]
) -> None:
    one, known = updater(*failures), experiences()
    for number, version in early:
        try:
            one.learn(known[number][min(version, len(known[number]) - 1)])
        except ModelThrottledError:
            continue  # the function was restarted half-way; the record comes again below
    for number in order:
        deliver(one, known[number][-1])
    assert content(one.memory) == in_one_pass()


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(6)), st.integers(0, 6), st.integers(0, 12))
def test_incidents_that_end_during_a_rebuild_are_in_the_new_index(
    order: list[int], before: int, meanwhile: int
) -> None:
    one, log = updater(), [newest()[number] for number in order]
    present = log[:before]
    for known in present:
        one.learn(known)

    def lagging() -> Iterator[Experience]:
        """Yield the log as it was; incidents end while it is read."""
        yield from list(present)
        for known in log[before : before + meanwhile]:
            one.learn(known)  # lands in the index that searches still read
            present.append(known)

    rebuild(one, lagging)
    for known in log[before + meanwhile :]:
        one.learn(known)
    assert content(one.memory) == in_one_pass()


def test_rebuild_that_fails_leaves_the_memory_and_loses_no_later_incident() -> None:
    one, log = updater(), newest()
    one.learn(log[0])
    before = content(one.memory)
    assert isinstance(one.embedder, FailingEmbedder)
    one.embedder.failures = {one.embedder.calls + 4}
    with pytest.raises(ModelThrottledError):
        rebuild(one, lambda: log)
    assert content(one.memory) == before
    for known in log:
        one.learn(known)
    assert content(one.memory) == in_one_pass()


def test_a_known_problem_counts_what_worked_and_when() -> None:
    one = updater()
    for known in newest():
        one.learn(known)
    problem = newest()[0].occurrence.problem
    assert problem is not None
    found = content(one.memory)[problem]
    assert found.record is not None
    assert (found.kind, found.service, found.problem) == ("known_problem", "lambda", problem)
    assert found.record.times == 3
    [rollback] = found.record.methods
    assert (rollback.verb, rollback.worked, rollback.failed) == ("lambda.rollback_alias", 1, 2)
    assert found.outcome == "failed"
    assert found.record.incidents == tuple(f"{n:032x}" for n in (3, 1, 0))
    assert found.record.first < found.record.last == found.at


def test_records_of_one_fault_under_two_keys_are_counted_together() -> None:
    """Either alarm of the fault may fire first."""
    worked = MethodRecord(verb="lambda.rollback_alias", worked=1)
    failed = MethodRecord(verb="lambda.rollback_alias", failed=1)
    first = ProblemRecord(times=1, first=5, last=5, methods=(worked,), incidents=("a" * 32,))
    then = ProblemRecord(times=2, first=3, last=9, methods=(failed,), incidents=("b" * 32,))
    both = merged([first, then])
    assert both is not None
    assert (both.times, both.first, both.last) == (3, 3, 9)
    assert both.methods == (MethodRecord(verb="lambda.rollback_alias", worked=1, failed=1),)
    assert both.incidents == ("b" * 32, "a" * 32)
    assert merged([first]) == first
    assert merged([]) is None


def test_a_forgotten_incident_leaves_nothing_and_counts_no_more() -> None:
    one = updater()
    for known in chain.from_iterable(experiences()):
        one.learn(known)
    left = content(one.memory).values()
    forgotten = {f"incident:{number:032x}" for number in FORGOTTEN}
    assert not {entry.source for entry in left} & forgotten
    assert f"{5:032x}" not in str(left), "its problem had no other incident"
    back = experiences()[2][0].occurrence.problem
    [problem] = [entry for entry in left if entry.id == back]
    assert problem.record is not None
    assert problem.record.times == 1
    assert not one.learn(experiences()[5][0]), "an older record brings nothing back"
    assert content(one.memory) == in_one_pass()


def test_an_incident_is_embedded_once() -> None:
    one, log = updater(), ended(0)
    one.learn(learned(log))
    assert isinstance(one.embedder, FailingEmbedder)
    calls = one.embedder.calls
    log.add(PostMortemWritten, key="k", content="0" * 64, cost_microdollars=1)
    assert not one.learn(learned(log))
    assert one.embedder.calls == calls


def test_an_open_incident_teaches_nothing() -> None:
    log = Log().open().freeze()
    assert experience(log.events, log.evidence) is None


def test_the_findings_are_error_lines_changes_and_actions() -> None:
    known = newest()[0]
    entries = list(known.entries(HashingEmbedder().model))
    texts = {entry.text.outsider: entry.author for entry in entries if entry.kind == "finding"}
    assert {"lambda:checkout: KeyError: <*>"} < set(texts)
    assert sorted(texts.values()) == ["outsider", "outsider", "quorum"]
    assert entries[0].id == entry_id("incident", known.incident.incident_id)
    assert "KeyError" in entries[0].text.outsider


def test_the_text_holds_the_alarms_and_the_lines_that_grew() -> None:
    old = template("lambda:front", "usual complaint", before=50, after=5)
    new = template("lambda:front", "pool exhausted " + "x" * 500, after=9)
    bundle = Log().open().bundle(templates=(old, new))
    text = incident_text((error_alarm(),), bundle).outsider
    assert text.startswith("alarm shop-front-errors\npool exhausted")
    assert "usual" not in text
    assert len(text) < 300
