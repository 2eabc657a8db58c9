"""A function's reserved concurrency gets back what was lowered, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.executor.targets import ConcurrencyTarget
from quorum.domain.catalogue import Situation, candidates, describe
from quorum.domain.evidence import Candidate, Change, ResourceState, Scalar
from tests.builders import evidence

FUNCTION = "lambda:checkout"


def change(at: int, before: int | None, after: int, *, ours: bool = False) -> Change:
    return evidence.change(FUNCTION, "concurrency", at, values=(before, after), ours=ours)


def raised(now: Scalar, *changes: Change, **limits: Scalar) -> tuple[Candidate, ...]:
    state = ResourceState(resource=FUNCTION, settings={"reserved_concurrency": now, **limits})
    found = candidates(Situation((state,), changes))
    assert all(ConcurrencyTarget.model_validate(c.parameters).resource == FUNCTION for c in found)
    return found


def test_lowered_concurrency_is_restored() -> None:
    (found,) = raised(1, change(1, 500, 1))
    assert found.parameters["to_units"] == 500
    assert found.observed == {"reserved_concurrency": 1}


def test_reservation_set_where_none_was_is_removed() -> None:
    (found,) = raised(5, change(1, None, 5))
    assert found.parameters == {"function": "checkout", "from_units": 5, "to_units": None}
    assert describe(found).startswith("Remove")


@pytest.mark.parametrize("before", [None, 1, 10])
def test_function_that_is_switched_off_stays_off(before: int | None) -> None:
    assert raised(0, change(1, before, 0)) == ()


@pytest.mark.parametrize(
    "changes",
    [(), (change(1, 5, 10),), (change(1, 10, 5, ours=True),), (change(1, 20, 12),)],
    ids=["unchanged", "raised", "by Quorum", "changed since"],
)
def test_concurrency_that_no_one_lowered_is_left_alone(changes: tuple[Change, ...]) -> None:
    assert raised(10, *changes) == ()


@pytest.mark.parametrize(
    ("limits", "proposed"),
    [
        ({}, 1),
        ({"concurrency_room": 9, "concurrency_most": 10}, 1),
        ({"concurrency_room": 8, "concurrency_most": 10}, 0),
        ({"concurrency_room": 9, "concurrency_most": 9}, 0),
    ],
)
def test_reservation_that_the_account_has_no_room_for_is_not_proposed(
    limits: dict[str, Scalar], proposed: int
) -> None:
    assert len(raised(1, change(1, 10, 1), **limits)) == proposed
    assert len(raised(1, change(1, None, 1), **limits)) == 1


@given(st.lists(st.tuples(st.none() | st.integers(0, 9), st.booleans()), min_size=1, max_size=8))
def test_no_value_is_proposed_that_was_not_there_before(
    values: list[tuple[int | None, bool]],
) -> None:
    changes, now = [], values[0][0]
    for at, (value, ours) in enumerate(values[1:]):
        if value is not None and value != now:
            changes.append(change(at, now, value, ours=ours))
            now = value
    for found in raised(now, *changes):
        assert found.parameters["to_units"] in {c.before for c in changes if not c.ours}
