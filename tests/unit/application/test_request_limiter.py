"""Requests of several functions at once stay within an API's rate, on clocks of their own."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from math import inf
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.application.request_limiter import UNLIMITED_SECONDS, RequestLimiter
from quorum.domain.constants import API_RATES
from quorum.domain.errors import StoreUnavailableError
from tests.fakes import FakeClock, InMemoryRequestTurns

LOGS: Final = "FilterLogEvents"
SECOND: Final = timedelta(seconds=1)


class Worker:
    """One function with requests to send, each with a maximum wait in seconds."""

    def __init__(
        self, turns: InMemoryRequestTurns, longest_waits: list[float], longest: float = inf
    ) -> None:
        self.clock, self.longest_waits = FakeClock(), list(reversed(longest_waits))
        limiter = RequestLimiter(turns, now=self.clock, sleep=self.clock.sleep)
        self._turn, self._longest = limiter.of(LOGS, longest=longest, at_once=1), longest
        self.sent: list[datetime] = []
        self.refused = 0

    def send(self) -> None:
        """Wait for the next request's turn, and send it; give up after a refusal."""
        asked, longest_waits = self.clock(), self.longest_waits.pop()
        if self._turn(longest_waits):
            self.sent.append(self.clock())
            assert self.clock() - asked <= min(longest_waits, self._longest) * SECOND
        else:
            self.refused += 1
            self.longest_waits.clear()
            assert self.clock() == asked, "a refusal comes at once"


def run(workers: list[Worker]) -> list[datetime]:
    """Let the workers send in the order of their clocks; return the times of all requests."""
    while waiting := [w for w in workers if w.longest_waits]:
        min(waiting, key=lambda w: w.clock()).send()
    return sorted(at for worker in workers for at in worker.sent)


@given(st.lists(st.lists(st.floats(0, 8), max_size=20), min_size=1, max_size=6))
def test_fleet_never_sends_more_than_the_rate_and_one_burst(fleet: list[list[float]]) -> None:
    turns, rate = InMemoryRequestTurns(), API_RATES[LOGS]
    sent = run([Worker(turns, longest_waits) for longest_waits in fleet])
    for first, at in enumerate(sent):
        for n, other in enumerate(sent[first:], start=1):
            assert n <= rate.sends + (other - at) / SECOND * rate.sends + 1e-6


def test_requests_with_a_long_wait_pass_in_front_of_those_with_a_short_one() -> None:
    """However long others queue, logs that a candidate needs are read in time."""
    turns = InMemoryRequestTurns()
    crowd = [Worker(turns, [8.0] * 20, longest=1.5) for _ in range(40)]
    needed = Worker(turns, [10.0, 8.0, 6.0, 4.0])
    run([*crowd, needed])
    assert (len(needed.sent), needed.refused) == (4, 0)
    assert sum(worker.refused for worker in crowd) > 20


def test_only_so_many_requests_of_a_function_wait_at_once() -> None:
    turns, clock, waiting, most = InMemoryRequestTurns(), FakeClock(), [0], [0]

    def sleep(_seconds: float) -> None:
        waiting[0] += 1
        most[0] = max(most[0], waiting[0])
        time.sleep(0.002)
        waiting[0] -= 1

    turn = RequestLimiter(turns, now=clock, sleep=sleep).of(LOGS, at_once=2)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(turn, [60.0] * 24))
    assert most == [2]


def test_without_the_store_requests_go_at_once_and_it_is_tried_again_later() -> None:
    turns, clock = InMemoryRequestTurns(), FakeClock()
    turns.error = StoreUnavailableError("throttled")
    turn = RequestLimiter(turns, now=clock, sleep=clock.sleep).of(LOGS)
    started = clock()
    assert all(turn(0) for _ in range(50))
    assert (clock(), turns.asked) == (started, 1)
    turns.error = None
    clock.advance(UNLIMITED_SECONDS)
    assert [turn(0) for _ in range(6)] == [True] * 5 + [False]


def test_time_that_is_over_before_the_request_is_no_error() -> None:
    turns, clock = InMemoryRequestTurns(), FakeClock()
    turn = RequestLimiter(turns, now=clock, sleep=clock.sleep).of(LOGS)
    assert turn(-3.0)


def test_api_without_a_rate_is_refused_at_the_wiring() -> None:
    with pytest.raises(KeyError):
        RequestLimiter(InMemoryRequestTurns(), now=FakeClock(), sleep=print).of("PutObject")
