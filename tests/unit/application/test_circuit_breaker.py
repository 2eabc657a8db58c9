"""The breaker: five failures open it, thirty seconds later one probe at a time, two close it."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.application.circuit_breaker import (
    PROBE_LEASE_SECONDS,
    call_through,
    failed,
    inconclusive,
    succeeded,
)
from quorum.domain.breaker_state import BreakerState
from quorum.domain.errors import (
    BreakerOpenError,
    ModelAnswerError,
    ModelThrottledError,
    ModelUnavailableError,
    QuorumError,
)
from quorum.domain.seats import SEATS
from tests.builders.breakers import DOWN, MODEL, World
from tests.fakes import START


def test_breaker_opens_for_every_environment_at_the_fifth_failure_in_a_row() -> None:
    world = World()
    assert [world.ask(DOWN, by=n % 3) for n in range(6)] == ["SourceUnavailableError"] * 5 + [
        "open"
    ]
    assert [world.ask(by=n) for n in range(3)] == ["open"] * 3
    assert world.calls == 5


def test_breaker_restarts_its_count_after_a_success() -> None:
    world = World()
    for _ in range(3):
        assert [world.ask(DOWN) for _ in range(4)] == ["SourceUnavailableError"] * 4
        assert world.ask() == "ok"
    assert world.store.read(MODEL).phase == "closed"


def test_breaker_reads_once_and_writes_nothing_for_a_healthy_call() -> None:
    world = World()
    assert {world.ask() for _ in range(50)} == {"ok"}
    assert (world.store.reads, world.store.writes) == (50, 0)


def test_breaker_probes_after_thirty_seconds_and_not_before() -> None:
    world = World()
    world.break_it()
    world.clock.advance(29.999)
    assert world.ask() == "open"
    world.clock.advance(0.001)
    assert world.ask() == "ok"


def test_breaker_closes_after_two_good_probes_from_different_environments() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    assert [world.ask(by=1), world.store.read(MODEL).phase] == ["ok", "half_open"]
    assert [world.ask(by=2), world.store.read(MODEL).phase] == ["ok", "closed"]
    assert [world.ask(DOWN) for _ in range(4)] == ["SourceUnavailableError"] * 4


def test_breaker_opens_for_another_thirty_seconds_after_a_failed_probe() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    assert [world.ask(), world.ask(DOWN), world.ask()] == ["ok", "SourceUnavailableError", "open"]
    world.clock.advance(30)
    assert [world.ask(), world.ask(), world.ask(DOWN)] == ["ok", "ok", "SourceUnavailableError"]
    assert world.store.read(MODEL).phase == "closed"


@pytest.mark.parametrize("error", [ModelAnswerError("not the schema"), BreakerOpenError("other")])
def test_breaker_ignores_errors_that_are_not_the_dependencys(error: QuorumError) -> None:
    world = World()
    for _ in range(9):
        world.ask(error)
    assert world.store.writes == 0
    world.break_it()
    world.clock.advance(30)
    world.ask(error)
    assert world.ask() == "ok", "the probe was given back"


@pytest.mark.parametrize(
    "error", [ModelThrottledError("slow"), ModelUnavailableError("gone"), DOWN]
)
def test_breaker_counts_errors_of_an_unavailable_dependency(error: QuorumError) -> None:
    world = World()
    for _ in range(5):
        world.ask(error)
    assert world.ask() == "open"


def test_breaker_admits_a_new_probe_when_a_dead_probes_lease_ends() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    world.breakers[0].admit()
    world.clock.advance(PROBE_LEASE_SECONDS - 0.001)
    assert world.ask(by=1) == "open"
    world.clock.advance(0.001)
    assert world.ask(by=1) == "ok"


def test_breaker_releases_the_probe_of_a_killed_call() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    with pytest.raises(KeyboardInterrupt):
        call_through(world.breakers[0], lambda: world._depend(KeyboardInterrupt()))
    assert world.ask(by=1) == "ok"


def test_breaker_ignores_a_result_from_an_older_epoch() -> None:
    world = World()
    straggler = world.breakers[0].admit()
    world.break_it()
    opened = world.store.read(MODEL)
    world.clock.advance(5)
    for outcome in (failed, succeeded, inconclusive):
        world.breakers[0].record(outcome, straggler)
    assert world.store.read(MODEL) == opened


def test_probe_lease_is_longer_than_every_tiers_timeout() -> None:
    assert max(tier.timeout_seconds for seat in SEATS for tier in seat.tiers) < PROBE_LEASE_SECONDS


TIMES = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-500, 500).map(
    lambda seconds: START.timestamp() + seconds
)


@given(st.sampled_from(["closed", "open", "half_open"]), TIMES, TIMES)
def test_breaker_rejects_calls_for_a_bounded_time_whatever_its_stored_state(
    phase: Literal["closed", "open", "half_open"], opened_at: float, probe_until: float
) -> None:
    world = World()
    written = BreakerState(revision=1, phase=phase, opened_at=opened_at, probe_until=probe_until)
    assert world.store.swap(MODEL, written)

    answers = []
    for _ in range(15):
        answers.append(world.ask())
        world.clock.advance(10)

    assert "ok" in answers
    assert answers[-1] == "ok"


@pytest.mark.parametrize(
    ("phase", "ahead", "silent"),
    [("open", 1e18, 0), ("open", 31, 0), ("open", 29, 59), ("half_open", 1e18, 0)],
)
def test_breaker_ignores_a_time_too_far_in_the_future(
    phase: Literal["open", "half_open"], ahead: float, silent: int
) -> None:
    world = World()
    at = world.clock.now.timestamp() + ahead
    assert world.store.swap(
        MODEL, BreakerState(revision=1, phase=phase, opened_at=at, probe_until=at)
    )
    if silent:
        world.clock.advance(silent - 1)
        assert world.ask() == "open"
        world.clock.advance(1)
    assert world.ask() == "ok"
