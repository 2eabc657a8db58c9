"""A breaker that many environments use at once, or whose store is down."""

from collections.abc import Callable, Iterable
from threading import Barrier, Event, Lock, Thread

import pytest

from quorum.application.circuit_breaker import Breaker, call_through
from quorum.domain.breaker_state import BreakerState
from quorum.domain.errors import (
    BreakerOpenError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from tests.builders.breakers import DOWN, MODEL, World
from tests.fakes import FakeClock, InMemoryBreakerStore


def test_half_open_breaker_admits_one_of_many_concurrent_callers() -> None:
    world = World(environments=8)
    world.break_it()
    world.clock.advance(30)
    together = Breaker(MODEL, _ReadTogether(world.store, Barrier(8)), now=world.clock)
    probes = _Probes(environments=8)
    _at_once(probes.call, [together] * 8)
    assert (probes.peak, probes.inside) == (1, 0)
    assert sorted(probes.outcomes).count("open") == 7


class _ReadTogether:
    """A store whose first readers all see the same state before the first write."""

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


class _Probes:
    """Calls that go on until all others were answered; `peak` is how many ran at once."""

    def __init__(self, environments: int) -> None:
        self._lock, self._others, self._environments = Lock(), Event(), environments
        self.inside = self.peak = 0
        self.outcomes: list[str] = []

    def call(self, breaker: Breaker) -> None:
        """Call once as one environment, and note the outcome."""
        try:
            outcome = call_through(breaker, self._slow)
        except BreakerOpenError:
            outcome = "open"
        with self._lock:
            self.outcomes.append(outcome)
            if len(self.outcomes) == self._environments - 1:
                self._others.set()

    def _slow(self) -> str:
        with self._lock:
            self.inside += 1
            self.peak = max(self.peak, self.inside)
        self._others.wait(timeout=10)
        with self._lock:
            self.inside -= 1
        return "ok"


def _at_once(act: Callable[[Breaker], None], breakers: Iterable[Breaker]) -> None:
    threads = [Thread(target=act, args=(breaker,)) for breaker in breakers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)


def test_breaker_counts_every_concurrent_failure() -> None:
    world = World(environments=4)
    together = Barrier(4)

    def fail() -> str:
        together.wait(timeout=10)
        raise DOWN

    def environment(breaker: Breaker) -> None:
        with pytest.raises(SourceUnavailableError):
            call_through(breaker, fail)

    _at_once(environment, world.breakers)
    assert world.store.read(MODEL).failures == 4


class _BrokenStore(InMemoryBreakerStore):
    """A store that answers reads, and from some time on no writes."""

    def swap(self, name: str, state: BreakerState) -> bool:
        raise StoreUnavailableError(f"cannot write {name} {state.phase}")


def test_breaker_with_an_unwritable_store_returns_the_answer_or_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    breaker = Breaker(MODEL, _BrokenStore(), now=FakeClock())

    def down() -> str:
        raise DOWN

    with pytest.raises(SourceUnavailableError):
        call_through(breaker, down)
    assert "could not be written" in caplog.text
    assert call_through(breaker, lambda: "ok") == "ok"


def test_breaker_with_an_unreadable_store_admits_calls() -> None:
    class Unreadable(InMemoryBreakerStore):
        def read(self, name: str) -> BreakerState:
            raise StoreUnavailableError(f"cannot read {name}")

    with pytest.raises(StoreUnavailableError):
        call_through(Breaker(MODEL, Unreadable(), now=FakeClock()), lambda: "ok")
