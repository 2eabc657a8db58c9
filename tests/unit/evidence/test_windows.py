"""Length and resolution of the evidence's windows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.windows import (
    alarm_window,
    baseline_seconds,
    coarse,
    evidence_window,
)
from quorum.domain.evidence import Alarm
from quorum.domain.evidence_times import evaluation_seconds
from tests.builders.topology import alarm
from tests.fakes import START

FIRED = int(START.timestamp()) - 10

periods = st.sampled_from([1, 5, 10, 20, 30, 60, 300, 900, 3600])
alarms = st.builds(
    lambda period, evaluations: alarm(period_seconds=period, evaluation_periods=evaluations),
    periods,
    st.integers(1, 20),
)


@given(alarms, st.integers(0, 7200))
def test_baseline_is_twenty_windows_and_six_hours(fired: Alarm, ago: int) -> None:
    began = FIRED - ago
    window = evidence_window(fired, began, START)
    least = min(20 * evaluation_seconds(fired), 86400)
    least = least if fired.period_seconds < 60 else max(least, 6 * 3600)
    assert window.start.timestamp() <= began - least + window.period_seconds
    assert window.end <= START


@given(alarms, st.integers(0, 7200))
def test_window_has_at_most_1440_points_and_none_that_cloudwatch_dropped(
    fired: Alarm, ago: int
) -> None:
    window = evidence_window(fired, FIRED - ago, START)
    seconds = (window.end - window.start).total_seconds()
    assert seconds / window.period_seconds <= 1441
    assert window.period_seconds >= 60 or seconds <= 3 * 3600


@pytest.mark.parametrize(
    ("alarm_period", "period"),
    [(1, 1), (10, 1), (11, 5), (20, 5), (30, 5), (59, 5), (60, 60), (300, 60)],
)
def test_window_of_a_high_resolution_alarm_is_in_seconds(alarm_period: int, period: int) -> None:
    fired = alarm(period_seconds=alarm_period)
    assert evidence_window(fired, FIRED - 20, START).period_seconds == period


@given(alarms)
def test_alarms_window_is_in_its_own_whole_periods(fired: Alarm) -> None:
    window = alarm_window(fired, START)
    assert window.period_seconds == fired.period_seconds
    assert window.start.timestamp() % fired.period_seconds == 0
    assert window.end.timestamp() % fired.period_seconds == 0
    assert window.end <= START
    if fired.period_seconds < 60:
        assert START - window.start < timedelta(hours=3)


def test_window_older_than_three_hours_is_in_minutes() -> None:
    fired = alarm(period_seconds=10, evaluation_periods=20)
    assert evidence_window(fired, FIRED - 7000, START).period_seconds == 60


@pytest.mark.parametrize(
    ("period", "seconds", "found"),
    [
        (1, 1_440, 1),
        (1, 1_441, 5),
        (5, 7_200, 5),
        (5, 7_201, 10),
        (10, 14_401, 30),
        (30, 43_201, 60),
        (60, 86_400, 60),
        (60, 86_401, 300),
        (300, 432_001, 900),
        (900, 1_296_001, 3600),
        (3600, 10**9, 3600),
        (2, 10, 5),
    ],
)
def test_period_is_the_finest_with_at_most_1440_points(
    period: int, seconds: float, found: int
) -> None:
    assert coarse(period, seconds) == found


def test_window_of_exactly_three_hours_is_in_minutes() -> None:
    fired = alarm(period_seconds=10)  # two hundred seconds of baseline
    ago = START - timedelta(seconds=3 * 3600 - 200)
    assert evidence_window(fired, int(ago.timestamp()), START).period_seconds == 60
    assert evidence_window(fired, int(ago.timestamp()) + 1, START).period_seconds == 10


def test_alarms_window_begins_a_baseline_before_the_evaluation() -> None:
    fired = alarm(period_seconds=10, evaluation_periods=3)
    window = alarm_window(fired, START)
    assert (FIRED - window.start.timestamp(), window.end) == (30 + 600, START)

    slow = alarm(period_seconds=300, evaluation_periods=3)
    window = alarm_window(slow, START)
    assert window.start.timestamp() == (FIRED - 900 - 21_600) // 300 * 300


def test_window_in_seconds_begins_within_cloudwatchs_retention() -> None:
    fired = alarm(period_seconds=30, evaluation_periods=20)
    window = alarm_window(fired, START)
    assert START - window.start == timedelta(hours=3, seconds=-30)


def test_window_never_begins_before_the_epoch() -> None:
    early = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    assert evidence_window(alarm(), 10, early).start == datetime(1970, 1, 1, tzinfo=UTC)


def test_baseline_is_at_most_a_day() -> None:
    assert baseline_seconds(alarm(period_seconds=3600, evaluation_periods=24)) == 86400


def test_window_of_an_alarm_in_the_future_is_not_inverted() -> None:
    fired = alarm(fired_at=datetime(2027, 1, 1, tzinfo=UTC))
    window = alarm_window(fired, START)
    assert window.start < window.end <= START
