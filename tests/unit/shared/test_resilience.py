"""The breaker: five failures open it, thirty seconds later one probe at a time, two close it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Barrier, Event, Lock, Thread
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from functions.shared.domain.errors import (
    BreakerOpenError,
    ModelAnswerError,
    ModelThrottledError,
    ModelUnavailableError,
    QuorumError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from functions.shared.domain.seats import SEATS
from functions.shared.ports import BreakerState
from functions.shared.resilience import (
    PROBE_LEASE_SECONDS,
    Breaker,
    failed,
    guarded,
    inconclusive,
    succeeded,
)
from tests.fakes import FakeClock, InMemoryBreakerStore

MODEL: Final = "model"


class World:
    """Environments that share a breaker, and the dependency that they call."""

    def __init__(self, environments: int = 3) -> None:
        self.clock, self.store = FakeClock(), InMemoryBreakerStore()
        self.breakers = [Breaker(MODEL, self.store, now=self.clock) for _ in range(environments)]
        self.calls = 0

    def ask(self, error: BaseException | None = None, by: int = 0) -> str:
        """Call once; return `ok`, `open`, or the error's name."""
        try:
            return guarded(self.breakers[by], lambda: self._depend(error))
        except BreakerOpenError:
            return "open"
        except QuorumError as raised:
            return type(raised).__name__

    def break_it(self) -> None:
        """Have the dependency fail until the breaker is open."""
        for n in range(5):
            self.ask(ModelUnavailableError("down"), by=n % len(self.breakers))

    def _depend(self, error: BaseException | None) -> str:
        self.calls += 1
        if error is not None:
            raise error
        return "ok"


DOWN: Final = SourceUnavailableError("down")


def test_the_fifth_failure_in_a_row_opens_for_every_environment() -> None:
    world = World()
    assert [world.ask(DOWN, by=n % 3) for n in range(6)] == ["SourceUnavailableError"] * 5 + [
        "open"
    ]
    assert [world.ask(by=n) for n in range(3)] == ["open"] * 3
    assert world.calls == 5


def test_a_success_ends_the_row() -> None:
    world = World()
    for _ in range(3):
        assert [world.ask(DOWN) for _ in range(4)] == ["SourceUnavailableError"] * 4
        assert world.ask() == "ok"
    assert world.store.read(MODEL).phase == "closed"


def test_healthy_calls_read_once_and_write_nothing() -> None:
    world = World()
    assert {world.ask() for _ in range(50)} == {"ok"}
    assert (world.store.reads, world.store.writes) == (50, 0)


def test_it_probes_after_thirty_seconds_and_not_before() -> None:
    world = World()
    world.break_it()
    world.clock.advance(29.999)
    assert world.ask() == "open"
    world.clock.advance(0.001)
    assert world.ask() == "ok"


def test_two_good_probes_from_different_environments_close_it() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    assert [world.ask(by=1), world.store.read(MODEL).phase] == ["ok", "half_open"]
    assert [world.ask(by=2), world.store.read(MODEL).phase] == ["ok", "closed"]
    assert [world.ask(DOWN) for _ in range(4)] == ["SourceUnavailableError"] * 4


def test_a_failed_probe_opens_it_for_another_thirty_seconds() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    assert [world.ask(), world.ask(DOWN), world.ask()] == ["ok", "SourceUnavailableError", "open"]
    world.clock.advance(30)
    assert [world.ask(), world.ask(), world.ask(DOWN)] == ["ok", "ok", "SourceUnavailableError"]
    assert world.store.read(MODEL).phase == "closed"


@pytest.mark.parametrize("error", [ModelAnswerError("not the schema"), BreakerOpenError("other")])
def test_an_error_that_says_nothing_about_the_dependency_opens_nothing(error: QuorumError) -> None:
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
def test_errors_of_a_dependency_that_is_down_count(error: QuorumError) -> None:
    world = World()
    for _ in range(5):
        world.ask(error)
    assert world.ask() == "open"


def test_a_probe_that_dies_gives_way_when_its_lease_ends() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    world.breakers[0].admit()
    world.clock.advance(PROBE_LEASE_SECONDS - 0.001)
    assert world.ask(by=1) == "open"
    world.clock.advance(0.001)
    assert world.ask(by=1) == "ok"


def test_a_killed_call_gives_its_probe_back() -> None:
    world = World()
    world.break_it()
    world.clock.advance(30)
    with pytest.raises(KeyboardInterrupt):
        guarded(world.breakers[0], lambda: world._depend(KeyboardInterrupt()))
    assert world.ask(by=1) == "ok"


def test_a_straggler_of_an_older_epoch_changes_nothing() -> None:
    world = World()
    straggler = world.breakers[0].admit()
    world.break_it()
    opened = world.store.read(MODEL)
    world.clock.advance(5)
    for outcome in (failed, succeeded, inconclusive):
        world.breakers[0].record(outcome, straggler)
    assert world.store.read(MODEL) == opened


def test_a_lease_outlasts_every_tier() -> None:
    assert max(tier.timeout_seconds for seat in SEATS for tier in seat.tiers) < PROBE_LEASE_SECONDS


def test_of_many_half_open_callers_at_once_one_probes() -> None:
    world = World(environments=8)
    world.break_it()
    world.clock.advance(30)
    world.breakers = [Breaker(MODEL, _ReadTogether(world.store, Barrier(8)), now=world.clock)] * 8
    calls = _at_once(world)
    assert (calls.peak, calls.inside) == (1, 0)
    assert sorted(calls.outcomes).count("open") == 7


class _ReadTogether:
    """A store whose first readers all see the same state before anybody writes."""

    def __init__(self, store: InMemoryBreakerStore, together: Barrier) -> None:
        self._store, self._together, self._first = store, together, True
        self.swap = store.swap

    def read(self, name: str) -> BreakerState:
        """Return the state when all have read it."""
        state = self._store.read(name)
        if self._first:
            self._together.wait(timeout=10)
            self._first = False
        return state


@dataclass
class _Calls:
    lock: Lock = field(default_factory=Lock)
    inside: int = 0
    peak: int = 0
    outcomes: list[str] = field(default_factory=list)


def _at_once(world: World) -> _Calls:
    """Let every environment call at once; the probe goes on until the others were answered."""
    calls, together, others = _Calls(), Barrier(8), Event()

    def slow() -> str:
        with calls.lock:
            calls.inside += 1
            calls.peak = max(calls.peak, calls.inside)
        others.wait(timeout=10)
        with calls.lock:
            calls.inside -= 1
        return "ok"

    def environment(breaker: Breaker) -> None:
        together.wait(timeout=10)
        try:
            outcome = guarded(breaker, slow)
        except BreakerOpenError:
            outcome = "open"
        with calls.lock:
            calls.outcomes.append(outcome)
            if len(calls.outcomes) == 7:
                others.set()

    threads = [Thread(target=environment, args=(breaker,)) for breaker in world.breakers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return calls


def test_failures_at_once_are_all_counted() -> None:
    world = World(environments=4)
    together = Barrier(4)

    def fail() -> str:
        together.wait(timeout=10)
        raise DOWN

    def environment(breaker: Breaker) -> None:
        with pytest.raises(SourceUnavailableError):
            guarded(breaker, fail)

    threads = [Thread(target=environment, args=(breaker,)) for breaker in world.breakers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert world.store.read(MODEL).failures == 4


class _BrokenStore(InMemoryBreakerStore):
    """A store that answers reads, and from some time on no writes."""

    def swap(self, name: str, state: BreakerState) -> bool:
        raise StoreUnavailableError(f"cannot write {name} {state.phase}")


def test_a_store_that_takes_no_writes_hides_neither_answer_nor_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    breaker = Breaker(MODEL, _BrokenStore(), now=FakeClock())

    def down() -> str:
        raise DOWN

    with pytest.raises(SourceUnavailableError):
        guarded(breaker, down)
    assert "could not be written" in caplog.text
    assert guarded(breaker, lambda: "ok") == "ok"


def test_a_store_that_cannot_be_read_is_not_an_open_breaker() -> None:
    class Unreadable(InMemoryBreakerStore):
        def read(self, name: str) -> BreakerState:
            raise StoreUnavailableError(f"cannot read {name}")

    with pytest.raises(StoreUnavailableError):
        guarded(Breaker(MODEL, Unreadable(), now=FakeClock()), lambda: "ok")


@dataclass
class Call:
    """A call that was admitted and has not ended."""

    state: BreakerState
    probe: bool
    at: float


class BreakerMachine(RuleBasedStateMachine):
    """Calls that overlap in every way, against an oracle that counts by itself."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.store = FakeClock(), InMemoryBreakerStore()
        self.breaker = Breaker(MODEL, self.store, now=self.clock)
        self.in_a_row, self.good_probes = 0, 0
        self.opened_at: float | None = None
        self.half_open = False
        self.probe: Call | None = None
        self._closed_since = 0.0

    @property
    def now(self) -> float:
        """Return the time in seconds."""
        return self.clock.now.timestamp()

    @rule(seconds=st.sampled_from([0.5, 10.0, 29.5, 30.0, 69.5, 70.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    @rule(target=calls)
    def begin(self) -> Call | None:
        """Try to call: exactly when the oracle says so it is admitted."""
        may = self._may()
        try:
            state = self.breaker.admit()
        except BreakerOpenError:
            assert not may
            return None
        assert may
        if self.opened_at is None:
            return Call(state, probe=False, at=self.now)
        self.good_probes = self.good_probes if self.half_open else 0
        self.half_open, self.probe = True, Call(state, probe=True, at=self.now)
        return self.probe

    @rule(call=consumes(calls), transition=st.sampled_from([failed, succeeded, inconclusive]))
    def end(
        self, call: Call | None, transition: Callable[[BreakerState, float], BreakerState]
    ) -> None:
        """End a call; the oracle takes its outcome unless the breaker moved on."""
        if call is None:
            return
        current = self._is_current(call)
        self.breaker.record(transition, call.state)
        if not current:
            return
        if call.probe:
            self.probe = None
        if transition is failed:
            self._failed()
        elif transition is succeeded:
            self._succeeded()

    @invariant()
    def the_phase_is_the_oracles(self) -> None:
        """Compare the stored phase, and the row of failures, with the oracle's."""
        state = self.store.read(MODEL)
        expected = "closed" if self.opened_at is None else "half_open" if self.half_open else "open"
        assert state.phase == expected
        assert state.failures == (self.in_a_row if expected == "closed" else 0)
        assert state.failures < 5

    def _may(self) -> bool:
        if self.opened_at is None:
            return True
        if not self.half_open:
            return self.now - self.opened_at >= 30
        return self.probe is None or self.now - self.probe.at >= PROBE_LEASE_SECONDS

    def _is_current(self, call: Call) -> bool:
        if call.probe:
            return call is self.probe
        return self.opened_at is None and call.at >= self._closed_since

    def _failed(self) -> None:
        self.in_a_row += 1
        if self.half_open or self.in_a_row == 5:
            self.opened_at, self.half_open, self.in_a_row = self.now, False, 0

    def _succeeded(self) -> None:
        self.in_a_row = 0
        self.good_probes += self.half_open
        if self.good_probes == 2:
            self.opened_at, self.half_open, self.good_probes = None, False, 0
            self._closed_since = self.now


BreakerMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestBreaker = BreakerMachine.TestCase
