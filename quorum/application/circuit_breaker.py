"""A circuit breaker per dependency: five consecutive failures open it for all environments.

The policy is three pure transitions. One item of a store holds the state, and each write is a
compare-and-set. A successful call reads once and writes nothing. A call belongs to the epoch in
which it was admitted: if the breaker has moved on when it ends, its result is ignored, so that a
slow call neither opens, extends nor closes anything.
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
"""Errors that mean that the dependency is down. Other errors imply nothing about it."""

T = TypeVar("T")
Transition = Callable[[BreakerState, float], BreakerState]
_log: Final = logging.getLogger(__name__)


def probe_state(state: BreakerState, now: float) -> BreakerState | None:
    """Return the state in which one probe runs, or None when none may start now."""
    probe = now + PROBE_LEASE_SECONDS
    if state.phase == "open" and _due(state.opened_at, now, BREAKER_COOLDOWN_SECONDS):
        return _next(state, phase="half_open", probe_until=probe)
    started = state.probe_until - PROBE_LEASE_SECONDS
    if state.phase == "half_open" and _due(started, now, PROBE_LEASE_SECONDS):
        return _next(state, probe_until=probe)
    return None


def _due(since: float, now: float, seconds: float) -> bool:
    """Return whether that many seconds have passed; a time in the future counts as passed.

    Only a fast clock writes a time in the future. No stored value can keep a breaker open for
    longer than twice its own time.
    """
    return not since - seconds <= now < since + seconds


def failed(state: BreakerState, now: float) -> BreakerState:
    """Return the state after a failure: a failed probe or the fifth in a row opens."""
    if state.phase == "closed" and state.failures + 1 < BREAKER_FAILURES:
        return _written(state, failures=state.failures + 1)
    return _next(state, phase="open", failures=0, successes=0, opened_at=now, probe_until=0.0)


def succeeded(state: BreakerState, _now: float) -> BreakerState:
    """Return the state after a success: the second successful probe closes."""
    if state.phase == "closed":
        return _written(state, failures=0) if state.failures else state
    if state.successes + 1 < BREAKER_SUCCESSES:
        return _next(state, successes=state.successes + 1, probe_until=0.0)
    return _next(state, phase="closed", failures=0, successes=0, probe_until=0.0)


def inconclusive(state: BreakerState, _now: float) -> BreakerState:
    """Return the state after a call that implies nothing about the dependency."""
    return _next(state, probe_until=0.0) if state.phase == "half_open" else state


class Breaker:
    """The circuit breaker of one dependency, by name."""

    def __init__(self, name: str, store: BreakerStore, *, now: Clock) -> None:
        self.name = name
        self._store, self._now = store, now

    def admit(self) -> BreakerState:
        """Return the state that admits the call. Raises BreakerOpenError when rejected."""
        state = self._store.read(self.name)
        if state.phase == "closed":
            return state
        probe = probe_state(state, self._now().timestamp())
        if probe is None or not self._store.swap(self.name, probe):
            raise BreakerOpenError(f"the circuit breaker of {self.name} is {state.phase}")
        return probe

    def check(self) -> None:
        """Raise BreakerOpenError when no call would be admitted now. Admits and writes nothing.

        For a caller that has to wait before its call, so that it does not wait in vain.
        """
        state = self._store.read(self.name)
        if state.phase != "closed" and probe_state(state, self._now().timestamp()) is None:
            raise BreakerOpenError(f"the circuit breaker of {self.name} is {state.phase}")

    def record(self, transition: Transition, admitted: BreakerState) -> None:
        """Store the outcome, unless the breaker has moved on since the call was admitted.

        An unavailable store is logged and otherwise ignored: the call already has its result.
        """
        try:
            self._record(transition, admitted.epoch)
        except StoreUnavailableError:
            _log.warning("circuit breaker %s could not be written", self.name, exc_info=True)

    def _record(self, transition: Transition, epoch: int) -> None:
        for _ in range(WRITES):
            state = self._store.read(self.name)
            if state.epoch != epoch:
                return
            after = transition(state, self._now().timestamp())
            if after is state or self._store.swap(self.name, after):
                return
        _log.warning("circuit breaker %s: lost %d races in a row to write it", self.name, WRITES)


def call_through(breaker: Breaker, call: Callable[[], T]) -> T:
    """Return what the call returns, or raise what it raises, and record the outcome.

    Raises BreakerOpenError, without calling, while the breaker is open or another probe runs.
    """
    admitted = breaker.admit()
    try:
        result = call()
    except DOWN:
        breaker.record(failed, admitted)
        raise
    except BaseException:
        breaker.record(inconclusive, admitted)
        raise
    if admitted.phase != "closed" or admitted.failures:
        breaker.record(succeeded, admitted)
    return result


def _written(state: BreakerState, **fields: object) -> BreakerState:
    return state.model_copy(update={**fields, "revision": state.revision + 1})


def _next(state: BreakerState, **fields: object) -> BreakerState:
    return _written(state, **fields, epoch=state.epoch + 1)
