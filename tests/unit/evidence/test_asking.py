"""Asking side by side."""

from collections.abc import Iterator
from threading import Barrier, Event

import pytest

from functions.evidence.asking import MOST_REASON, Asking, Failed


@pytest.fixture
def asking() -> Iterator[Asking]:
    made = Asking(seconds=5, budget=10)
    yield made
    made.close()


def test_questions_are_asked_at_the_same_time(asking: Asking) -> None:
    together = Barrier(3)
    pending = [asking.start(lambda: together.wait(timeout=5) >= 0) for _ in range(3)]
    assert [one.get() for one in pending] == [True, True, True]


def test_an_error_is_an_answer_of_bounded_length(asking: Asking) -> None:
    def fail() -> int:
        raise ZeroDivisionError("x" * 5000)

    answer = asking.start(fail).get()
    assert isinstance(answer, Failed)
    assert answer.reason.startswith("ZeroDivisionError: xxx")
    assert len(answer.reason) == MOST_REASON


def test_many_that_hang_keep_nobody_else_waiting(asking: Asking) -> None:
    over = Event()
    stuck = [asking.start(lambda: over.wait(20)) for _ in range(60)]
    assert asking.start(lambda: "here").get() == "here"
    over.set()
    assert all(one.get() is True for one in stuck)


def test_nothing_is_waited_for_longer_than_the_round_has() -> None:
    over, now = Event(), [0.0]
    asking = Asking(seconds=30, budget=40, clock=lambda: now[0])
    hanging = asking.start(lambda: over.wait(20))
    now[0] = 39.999
    assert hanging.get() == Failed("no answer in time")
    now[0] = 41
    assert asking.start(lambda: over.wait(20)).get() == Failed("no answer in time")
    over.set()
    asking.close()


def test_an_answer_that_is_there_counts_however_late_it_is_looked_at(asking: Asking) -> None:
    pending = asking.start(lambda: 7)
    assert pending.get() == 7
    late = Asking(seconds=0, budget=0)
    question = late.start(lambda: 7)
    late._pool.shutdown(wait=True)
    assert question.get() == 7
