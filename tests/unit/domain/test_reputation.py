"""A record can suspend a seat: after enough that was judged, and beyond what chance explains."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.learning.reputation import unreliable
from quorum.domain.statistics import wilson


def record(right: int, wrong: int) -> list[bool]:
    return [True] * right + [False] * wrong


@pytest.mark.parametrize(
    ("right", "wrong", "bad"),
    [
        (0, 19, False),
        (0, 20, True),
        (5, 15, True),
        (6, 14, False),
        (200, 249, True),
        (200, 239, False),
        (0, 0, False),
    ],
)
def test_suspension_needs_enough_wrong_votes_and_significance(
    right: int, wrong: int, *, bad: bool
) -> None:
    assert unreliable(record(right, wrong)) is bad


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_seat_that_is_right_half_the_time_is_never_suspended(wrong: int, more: int) -> None:
    assert not unreliable(record(wrong + more, wrong))


@given(st.integers(0, 300), st.integers(0, 300))
def test_one_more_right_vote_never_causes_a_suspension(right: int, wrong: int) -> None:
    if unreliable(record(right + 1, wrong)):
        assert unreliable(record(right, wrong + 1))


@pytest.mark.parametrize(
    ("hits", "trials", "lower", "upper"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_interval_has_the_published_values(
    hits: int, trials: int, lower: float, upper: float
) -> None:
    """Of 5 in 10, as `statsmodels.stats.proportion.proportion_confint(method="wilson")` has it."""
    assert wilson(hits, trials) == pytest.approx((lower, upper), abs=1e-4)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_wilson_interval_contains_the_share(hits: int, more: int) -> None:
    found = wilson(hits, hits + more)

    assert 0 <= found.lower <= hits / (hits + more) <= found.upper <= 1


@given(st.floats(0, 1), st.floats(1e-3, 1e9))
@example(1e-30, 1.0)
@example(1 - 1e-15, 1.0)
def test_wilson_interval_of_a_fractional_count_contains_the_share(
    share: float, trials: float
) -> None:
    hits = share * trials
    found = wilson(hits, trials)

    assert 0 <= found.lower <= min(1.0, hits / trials) <= found.upper <= 1


@given(st.integers(1, 1000))
def test_wilson_interval_is_exact_at_zero_and_one(trials: int) -> None:
    assert wilson(0, trials).lower == 0.0
    assert wilson(trials, trials).upper == 1.0
