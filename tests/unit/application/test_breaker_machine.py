"""Calls that overlap in every way, against an oracle."""

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from quorum.application.circuit_breaker import (
    PROBE_LEASE_SECONDS,
    Breaker,
    Transition,
    failed,
    inconclusive,
    succeeded,
)
from quorum.domain.breaker_state import BreakerState
from quorum.domain.errors import BreakerOpenError
from tests.builders.breakers import MODEL
from tests.fakes import FakeClock, InMemoryBreakerStore


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
        """Advance the clock."""
        self.clock.advance(seconds)

    @rule(target=calls)
    def begin(self) -> Call | None:
        """Try to call, and end it later or never."""
        return self._begin()

    @rule(call=consumes(calls), transition=st.sampled_from([failed, succeeded, inconclusive]))
    def end(self, call: Call | None, transition: Transition) -> None:
        """End a call that began some time ago."""
        self._end(call, transition)

    def _begin(self) -> Call | None:
        """Call: it is admitted exactly when the oracle admits it."""
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

    def _end(self, call: Call | None, transition: Transition) -> None:
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

    @rule(times=st.integers(1, 6), transition=st.sampled_from([failed, succeeded]))
    def at_once(self, times: int, transition: Transition) -> None:
        """Call several times in a row, each call ending before the next one begins."""
        for _ in range(times):
            self._end(self._begin(), transition)

    @rule()
    def cool_down(self) -> None:
        """Wait until an open breaker may be probed."""
        self.clock.advance(30)

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
