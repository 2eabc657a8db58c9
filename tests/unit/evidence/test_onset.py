"""The onset of a fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.windows import (
    onset,
)
from tests.builders.topology import alarm
from tests.fakes import START

FIRED = int(START.timestamp()) - 10
JUDGED = FIRED - 10  # where the one period begins that the alarm judged when it fired


def at(*values: float | None, period: int = 10) -> list[tuple[int, float]]:
    """Return points up to the firing; None is a missing one."""
    start = FIRED - period * len(values)
    found = ((start + n * period, v) for n, v in enumerate(values))
    return [(when, value) for when, value in found if value is not None]


@pytest.mark.parametrize(
    ("values", "periods_ago"),
    [
        ((0, 0, 9), 1),
        ((0, 9, 9, 9), 3),
        ((9, 9, 0, 9), 1),
        ((0, 9, None, 9), 3),
        ((0, 9, 9, None), 3),
        ((9,), 1),
    ],
)
def test_onset_is_the_start_of_the_lasting_breach(
    values: tuple[float | None, ...], periods_ago: int
) -> None:
    assert onset(alarm(), at(*values)) == FIRED - 10 * periods_ago


def test_good_point_within_the_evaluation_does_not_end_a_breach() -> None:
    fired = alarm(evaluation_periods=3)
    assert onset(fired, at(0, 0, 0, 9, 0, 9, 9)) == FIRED - 40
    assert onset(fired, at(9, 0, 0, 0, 9, 0, 9)) == FIRED - 30
    assert onset(alarm(evaluation_periods=2), at(0, 0, 9, 0, 9)) == FIRED - 30
    assert onset(alarm(evaluation_periods=2), at(9, 0, 0, 9)) == FIRED - 10


@pytest.mark.parametrize("values", [(), (0, 0, 0), (3, 3)])
def test_onset_without_a_breach_is_the_start_of_the_evaluation(
    values: tuple[float, ...],
) -> None:
    assert onset(alarm(), at(*values)) == JUDGED


def test_old_breach_is_not_the_onset_of_a_forced_alarm() -> None:
    old = [(FIRED - 300, 9.0), (FIRED - 290, 9.0)]
    assert onset(alarm(), old) == JUDGED
    assert onset(alarm(), [*old, *at(0, 0)]) == JUDGED


@pytest.mark.parametrize(("ago", "led"), [(80, True), (81, False)])
def test_breach_counts_only_within_two_evaluations_and_a_minute_of_the_alarm(
    ago: int, *, led: bool
) -> None:
    began = FIRED - ago
    assert onset(alarm(), [(began, 9.0)]) == (began if led else JUDGED)


def test_point_at_the_firing_time_counts() -> None:
    assert onset(alarm(), [*at(0, 0), (FIRED, 9.0)]) == FIRED


def test_points_after_the_firing_do_not_move_the_onset() -> None:
    assert onset(alarm(), [*at(0, 9), (FIRED + 10, 0.0), (FIRED + 20, 9.0)]) == FIRED - 10


@pytest.mark.parametrize(
    ("comparison", "value", "breaches"),
    [
        ("GreaterThanThreshold", 3.0, False),
        ("GreaterThanOrEqualToThreshold", 3.0, True),
        ("LessThanThreshold", 2.0, True),
        ("LessThanThreshold", 3.0, False),
        ("LessThanOrEqualToThreshold", 3.0, True),
        ("LessThanLowerOrGreaterThanUpperThreshold", 99.0, False),
    ],
)
def test_breach_follows_the_alarms_comparison(
    comparison: str,
    value: float,
    breaches: bool,  # noqa: FBT001
) -> None:
    fired = alarm(comparison=comparison)
    assert (onset(fired, at(value, value)) < JUDGED) == breaches


@given(st.lists(st.tuples(st.integers(FIRED - 500, FIRED + 100), st.floats(0, 9)), max_size=50))
def test_onset_is_never_after_the_firing_and_ignores_the_order_of_points(
    points: list[tuple[int, float]],
) -> None:
    points = sorted(dict(points).items())
    found = onset(alarm(), points)
    assert found <= FIRED
    assert onset(alarm(), points[::-1]) == found
