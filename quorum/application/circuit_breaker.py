"""A breaker before what may be down: five failures in a row open it, for all environments.

The policy is three pure transitions; one item of a store holds the state, and each write is a
compare-and-set. Healthy calls read once and write nothing. A call belongs to the epoch it was
admitted in: when it ends after the breaker moved on, its outcome is void, so that a straggler
neither opens, extends nor closes anything.
"""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from quorum.domain.breaker_state import BreakerState
from quorum.domain.constants import (
    BREAKER_COOLDOWN_SECONDS,
    BREAKER_FAILURES,
    BREAKER_SUCCESSES,
)
from quorum.domain.errors import (
    BreakerOpenError,
    ModelUnavailableError,
    StoreUnavailableError,
    TransientError,
)
from quorum.ports.clock import Clock
from quorum.ports.execution import BreakerStore

PROBE_LEASE_SECONDS: Final = 70
"""Longer than any tier may take, so that a second probe starts only when the first one is dead."""
WRITES: Final = 8
DOWN: Final[tuple[type[Exception], ...]] = (TransientError, ModelUnavailableError)
"""What says that the dependency is down. Any other error says nothing about it."""

T = TypeVar("T")
Transition = Callable[[BreakerState, float], BreakerState]
_log: Final = logging.getLogger(__name__)


def probing(state: BreakerState, now: float) -> BreakerState | None:
    """Return the state in which one probe runs, or None when none may start now."""
    probe = now + PROBE_LEASE_SECONDS
    if state.phase == "open" and _due(state.opened_at, now, BREAKER_COOLDOWN_SECONDS):
        return _next(state, phase="half_open", probe_until=probe)
    begun = state.probe_until - PROBE_LEASE_SECONDS
    if state.phase == "half_open" and _due(begun, now, PROBE_LEASE_SECONDS):
        return _next(state, probe_until=probe)
    return None


def _due(since: float, now: float, seconds: float) -> bool:
    """Return whether so many seconds have passed; a time that is not past yet counts as passed.

    Nobody here writes one, but for a clock that is fast; so nothing that is written, whatever it
    is, keeps a breaker open for longer than its own time and as much again.
    """
    return not since - seconds <= now < since + seconds


def failed(state: BreakerState, now: float) -> BreakerState:
    """Return the state after a failed call: a probe, or the fifth in a row, opens."""
    if state.phase == "closed" and state.failures + 1 < BREAKER_FAILURES:
        return _written(state, failures=state.failures + 1)
    return _next(state, phase="open", failures=0, successes=0, opened_at=now, probe_until=0.0)


def succeeded(state: BreakerState, _now: float) -> BreakerState:
    """Return the state after a good call: the second good probe closes."""
    if state.phase == "closed":
        return _written(state, failures=0) if state.failures else state
    if state.successes + 1 < BREAKER_SUCCESSES:
        return _next(state, successes=state.successes + 1, probe_until=0.0)
    return _next(state, phase="closed", failures=0, successes=0, probe_until=0.0)


def inconclusive(state: BreakerState, _now: float) -> BreakerState:
    """Return the state after a call that says nothing about the dependency."""
    return _next(state, probe_until=0.0) if state.phase == "half_open" else state


class Breaker:
    """One dependency's breaker, by name."""

    def __init__(self, name: str, store: BreakerStore, *, now: Clock) -> None:
        self.name = name
        self._store, self._now = store, now

    def admit(self) -> BreakerState:
        """Return the state that the call is admitted in. Raises BreakerOpenError when it is not."""
        state = self._store.read(self.name)
        if state.phase == "closed":
            return state
        probe = probing(state, self._now().timestamp())
        if probe is None or not self._store.swap(self.name, probe):
            raise BreakerOpenError(f"the breaker before {self.name} is {state.phase}")
        return probe

    def check(self) -> None:
        """Raise BreakerOpenError when nothing would be admitted now; admit nothing, write nothing.

        For a caller that has to wait before its call: so it does not wait in vain.
        """
        state = self._store.read(self.name)
        if state.phase != "closed" and probing(state, self._now().timestamp()) is None:
            raise BreakerOpenError(f"the breaker before {self.name} is {state.phase}")

    def record(self, transition: Transition, admitted: BreakerState) -> None:
        """Store the outcome, unless the breaker has moved on since the call was admitted.

        A store that does not answer now is logged and otherwise ignored: the call has its outcome.
        """
        try:
            self._record(transition, admitted.epoch)
        except StoreUnavailableError:
            _log.warning("breaker %s could not be written", self.name, exc_info=True)

    def _record(self, transition: Transition, epoch: int) -> None:
        for _ in range(WRITES):
            state = self._store.read(self.name)
            if state.epoch != epoch:
                return
            after = transition(state, self._now().timestamp())
            if after is state or self._store.swap(self.name, after):
                return
        _log.warning("breaker %s was written by others %d times in a row", self.name, WRITES)


def guarded(breaker: Breaker, call: Callable[[], T]) -> T:
    """Return what the call returns, or raise what it raises, and have the breaker count it.

    Raises BreakerOpenError, without calling, while the breaker is open or another probe runs.
    """
    admitted = breaker.admit()
    try:
        answer = call()
    except DOWN:
        breaker.record(failed, admitted)
        raise
    except BaseException:
        breaker.record(inconclusive, admitted)
        raise
    if admitted.phase != "closed" or admitted.failures:
        breaker.record(succeeded, admitted)
    return answer


def _written(state: BreakerState, **fields: object) -> BreakerState:
    return state.model_copy(update={**fields, "revision": state.revision + 1})


def _next(state: BreakerState, **fields: object) -> BreakerState:
    return _written(state, **fields, epoch=state.epoch + 1)
