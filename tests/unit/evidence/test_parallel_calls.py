"""Calls in parallel, with deadlines."""

from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from functions.evidence.parallel_calls import MOST_REASON, CallFailure, ParallelCalls


@pytest.fixture
def calls() -> Iterator[ParallelCalls]:
    made = ParallelCalls(seconds=5, budget=10)
    yield made
    made.close()


def test_calls_run_at_the_same_time(calls: ParallelCalls) -> None:
    together = Barrier(3)
    pending = [calls.start(lambda: together.wait(timeout=5) >= 0) for _ in range(3)]
    assert [one.get() for one in pending] == [True, True, True]


def test_an_error_is_a_failure_of_bounded_length(calls: ParallelCalls) -> None:
    def fail() -> int:
        raise ZeroDivisionError("x" * 5000)

    answer = calls.start(fail).get()
    assert isinstance(answer, CallFailure)
    assert answer.reason.startswith("ZeroDivisionError: xxx")
    assert len(answer.reason) == MOST_REASON


def test_calls_that_hang_delay_no_other(calls: ParallelCalls) -> None:
    over = Event()
    stuck = [calls.start(lambda: over.wait(20)) for _ in range(60)]
    assert calls.start(lambda: "here").get() == "here"
    over.set()
    assert all(one.get() is True for one in stuck)


def test_no_call_outlasts_the_budget_of_the_round() -> None:
    over, now = Event(), [0.0]
    calls = ParallelCalls(seconds=30, budget=40, clock=lambda: now[0])
    hanging = calls.start(lambda: over.wait(20))
    now[0] = 39.999
    assert hanging.get() == CallFailure("no answer in time")
    now[0] = 41
    assert calls.start(lambda: over.wait(20)).get() == CallFailure("no answer in time")
    over.set()
    calls.close()


def test_a_finished_result_counts_however_late_it_is_read(calls: ParallelCalls) -> None:
    pending = calls.start(lambda: 7)
    assert pending.get() == 7
    late = ParallelCalls(seconds=0, budget=0)
    question = late.start(lambda: 7)
    late._pool.shutdown(wait=True)
    assert question.get() == 7
