"""How far back and how finely the evidence looks, and when the trouble began."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.windows import (
    MOST_POINTS,
    alarm_window,
    baseline_seconds,
    evaluation_seconds,
    evidence_window,
    onset,
)
from functions.shared.domain.evidence import Alarm
from tests.fakes import START
from tests.unit.evidence.shop import alarm

FIRED = int(START.timestamp()) - 10

periods = st.sampled_from([1, 5, 10, 20, 30, 60, 300, 900, 3600])
alarms = st.builds(
    lambda period, evaluations: alarm(period_seconds=period, evaluation_periods=evaluations),
    periods,
    st.integers(1, 20),
)


@given(alarms, st.integers(0, 7200))
def test_there_are_twenty_windows_of_baseline_or_a_day(fired: Alarm, ago: int) -> None:
    began = FIRED - ago
    window = evidence_window(fired, began, START)
    wanted = min(20 * evaluation_seconds(fired), 86400)
    assert window.start.timestamp() <= began - wanted + window.period_seconds
    assert window.end <= START


@given(alarms, st.integers(0, 7200))
def test_there_are_never_too_many_points_nor_ones_that_cloudwatch_forgot(
    fired: Alarm, ago: int
) -> None:
    window = evidence_window(fired, FIRED - ago, START)
    seconds = (window.end - window.start).total_seconds()
    assert seconds / window.period_seconds <= MOST_POINTS + 1
    assert window.period_seconds >= 60 or seconds <= 3 * 3600


@pytest.mark.parametrize(
    ("alarm_period", "period"), [(1, 1), (10, 1), (20, 5), (30, 5), (60, 60), (300, 60)]
)
def test_an_alarm_of_seconds_is_looked_at_in_seconds(alarm_period: int, period: int) -> None:
    fired = alarm(period_seconds=alarm_period)
    assert evidence_window(fired, FIRED - 20, START).period_seconds == period


@given(alarms)
def test_the_alarms_own_window_is_in_its_own_whole_periods(fired: Alarm) -> None:
    window = alarm_window(fired, START)
    assert window.period_seconds == fired.period_seconds
    assert window.start.timestamp() % fired.period_seconds == 0
    assert window.end.timestamp() % fired.period_seconds == 0
    assert window.end <= START
    if fired.period_seconds < 60:
        assert START - window.start < timedelta(hours=3)


def test_what_is_older_than_three_hours_is_asked_for_in_minutes() -> None:
    fired = alarm(period_seconds=10, evaluation_periods=20)
    assert evidence_window(fired, FIRED - 7000, START).period_seconds == 60


def test_the_baseline_is_capped_at_a_day() -> None:
    assert baseline_seconds(alarm(period_seconds=3600, evaluation_periods=24)) == 86400


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
def test_the_onset_is_the_start_of_the_breach_that_lasted(
    values: tuple[float | None, ...], periods_ago: int
) -> None:
    assert onset(alarm(), at(*values)) == FIRED - 10 * periods_ago


def test_a_good_point_within_the_evaluation_does_not_end_a_breach() -> None:
    fired = alarm(evaluation_periods=3)
    assert onset(fired, at(0, 0, 0, 9, 0, 9, 9)) == FIRED - 40
    assert onset(fired, at(9, 0, 0, 0, 9, 0, 9)) == FIRED - 30


@pytest.mark.parametrize("values", [(), (0, 0, 0), (3, 3)])
def test_without_a_breach_it_is_when_the_alarm_fired(values: tuple[float, ...]) -> None:
    assert onset(alarm(), at(*values)) == FIRED


def test_an_old_breach_has_nothing_to_do_with_a_forced_alarm() -> None:
    old = [(FIRED - 300, 9.0), (FIRED - 290, 9.0)]
    assert onset(alarm(), old) == FIRED
    assert onset(alarm(), [*old, *at(0, 0)]) == FIRED


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
def test_a_breach_is_what_the_alarm_calls_one(
    comparison: str,
    value: float,
    breaches: bool,  # noqa: FBT001
) -> None:
    fired = alarm(comparison=comparison)
    assert (onset(fired, at(value)) < FIRED) == breaches


@given(st.lists(st.tuples(st.integers(FIRED - 500, FIRED + 100), st.floats(0, 9)), max_size=50))
def test_the_onset_is_never_after_the_firing_nor_depends_on_order(
    points: list[tuple[int, float]],
) -> None:
    points = sorted(dict(points).items())
    found = onset(alarm(), points)
    assert found <= FIRED
    assert onset(alarm(), points[::-1]) == found


def test_an_alarm_from_the_future_does_not_turn_the_window_round() -> None:
    fired = alarm(fired_at=datetime(2027, 1, 1, tzinfo=UTC))
    window = alarm_window(fired, START)
    assert window.start < window.end <= START
