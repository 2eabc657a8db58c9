"""Limits on raising a function's reserved concurrency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import Situation, candidates
from quorum.domain.evidence import Candidate, Change, ResourceState
from tests.builders import evidence

FUNCTION = "lambda:checkout"


def change(at: int, before: int | None, after: int, *, ours: bool = True) -> Change:
    return evidence.change(FUNCTION, "concurrency", at, values=(before, after), ours=ours)


def raised(now: int, *changes: Change) -> tuple[Candidate, ...]:
    state = ResourceState(resource=FUNCTION, settings={"reserved_concurrency": now})
    return candidates(Situation((state,), changes))


def test_raised_concurrency_is_doubled() -> None:
    (found,) = raised(10)
    assert found.parameters["to_units"] == 20


def test_concurrency_lowered_by_people_is_restored() -> None:
    (found,) = raised(1, change(1, 500, 1, ours=False))
    assert found.parameters["to_units"] == 500


def test_own_raises_of_a_day_end_at_four_times_the_peoples_value() -> None:
    first, second = change(1, 10, 20), change(2, 20, 40)
    assert raised(20, first)[0].parameters["to_units"] == 40
    assert raised(40, first, second) == ()


def test_newest_value_set_by_people_is_the_base() -> None:
    changes = (change(1, 10, 20), change(2, 20, 40), change(3, 40, 30, ours=False))
    assert [c.parameters["to_units"] for c in raised(30, *changes)] == [40]
    later = (change(1, 10, 20), change(2, 20, 40, ours=False))
    assert [c.parameters["to_units"] for c in raised(40, *later)] == [80]


@pytest.mark.parametrize("now", [0, 1])
def test_concurrency_of_zero_or_one_becomes_two(now: int) -> None:
    assert raised(now)[0].parameters["to_units"] == 2


@given(st.integers(1, 1000))
def test_no_sequence_of_own_raises_exceeds_the_limit(given_units: int) -> None:
    now, changes = given_units, list[Change]()
    for at in range(20):
        found = raised(now, *changes)
        if not found:
            break
        to = found[0].parameters["to_units"]
        assert isinstance(to, int)
        changes.append(change(at, now, to))
        now = to
    assert now <= 4 * given_units
    assert len(changes) < 20
