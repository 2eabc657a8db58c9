"""The onset of a fault."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.evidence.windows import (
    onset,
)
from quorum.domain.evidence import Alarm
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


MINUTE = int(START.timestamp()) // 60 * 60


def late(*evaluated: tuple[int, float], evaluations: int = 1, fired: int = 245) -> Alarm:
    """Return an alarm of minutes that fired so many seconds after the minute's start."""
    return alarm(
        period_seconds=60,
        evaluation_periods=evaluations,
        fired_at=datetime.fromtimestamp(MINUTE + fired, UTC),
        evaluated=evaluated,
    )


def minutes(**values: float) -> list[tuple[int, float]]:
    """Return points by their minutes after the one in which the breach began: `m2`, `p1`."""
    signs = {"m": -60, "p": 60}
    return sorted((MINUTE + signs[k[0]] * int(k[1:]), v) for k, v in values.items())


def test_a_breach_that_is_not_delivered_yet_is_where_the_alarm_evaluated_it() -> None:
    """The alarm's first look sees more than CloudWatch's API returns."""
    assert onset(late((MINUTE, 9.0)), minutes(m2=0, m1=0)) == MINUTE
    assert onset(late((MINUTE, 9.0)), []) == MINUTE


def test_a_half_delivered_minute_after_it_does_not_end_the_breach() -> None:
    fired = late((MINUTE, 9.0))
    assert onset(fired, minutes(m1=0, p0=9, p1=1, p2=9)) == MINUTE


def test_of_several_evaluated_ones_it_is_the_first_that_breaches() -> None:
    points = ((MINUTE - 120, 0.0), (MINUTE - 60, 9.0), (MINUTE, 9.0))
    assert onset(late(*points, evaluations=3), []) == MINUTE - 60


def test_periods_that_do_not_begin_on_the_same_minutes_are_compared_in_time() -> None:
    """CloudWatch's alarms of five minutes begin at any minute, its API's at every fifth."""
    fired = late((MINUTE + 60, 9.0), fired=500).model_copy(update={"period_seconds": 300})
    assert onset(fired, minutes(m5=0, p0=0)) == MINUTE + 60


def test_a_delivered_point_contradicts_one_of_the_message() -> None:
    forged = late((MINUTE - 120, 9.0), (MINUTE, 9.0))
    assert onset(forged, minutes(m2=0, m1=0, p0=9)) == MINUTE


def test_without_a_threshold_it_is_the_first_that_was_evaluated() -> None:
    points = ((MINUTE - 60, 0.0), (MINUTE, 9.0))
    band = late(*points).model_copy(update={"threshold": None})
    assert onset(band, []) == MINUTE - 60


def test_without_datapoints_it_is_after_the_newest_delivered_minute() -> None:
    assert onset(late(), minutes(m2=0, m1=0)) == MINUTE
    assert onset(late(), minutes(m9=0)) == MINUTE + 245 - 60
    assert onset(late(), minutes(m1=0, p3=0)) == MINUTE + 245 - 60


@given(
    st.lists(st.tuples(st.integers(-20, 20), st.floats(0, 9)), max_size=20),
    st.lists(st.tuples(st.integers(-20, 20), st.floats(0, 9)), max_size=20),
)
def test_the_datapoints_move_the_onset_within_what_an_alarm_can_evaluate(
    evaluated: list[tuple[int, float]], points: list[tuple[int, float]]
) -> None:
    of_alarm = tuple(sorted({MINUTE + 60 * n: v for n, v in evaluated}.items()))
    seen = sorted({MINUTE + 60 * n: v for n, v in points}.items())
    fired = late(*of_alarm)
    first = min([at for at, _ in (*of_alarm, *seen)], default=MINUTE)
    assert min(first, MINUTE + 245 - 60) <= onset(fired, seen) <= MINUTE + 245
