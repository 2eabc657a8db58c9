"""The NAB scorer, on cases small enough to calculate by hand."""

from math import exp, inf

import pytest

from benchmarks.nab import AnomalyWindow, Labelled
from benchmarks.nab_score import PROFILES, at, best, curve, marks, normalised

STANDARD = PROFILES["standard"]
FILE = Labelled(
    "a/one.csv", tuple(range(100)), (0.0,) * 100, (AnomalyWindow(40, 49), AnomalyWindow(80, 89))
)


def score(*alarms: int, profile: str = "standard") -> float:
    scores = [1.0 if row in alarms else 0.0 for row in range(100)]
    weights = PROFILES[profile]
    return normalised(at(curve([marks(FILE, scores)], 2, weights), 1.0), 2, weights)


def sigmoid(y: float) -> float:
    return 2 / (1 + exp(5 * y)) - 1


def test_score_is_0_without_alarms_and_100_at_the_start_of_every_window() -> None:
    assert score() == pytest.approx(0)
    assert score(40, 80) == pytest.approx(100)


def test_in_a_window_only_the_earliest_alarm_counts() -> None:
    assert score(40, 45, 49, 80) == pytest.approx(100)
    assert score(49, 80) == pytest.approx((2 + 1 + sigmoid(-0.1) / sigmoid(-1)) / 4 * 100)


def test_an_alarm_outside_costs_less_just_after_a_window() -> None:
    assert score(40, 80, 20) == pytest.approx(100 - 100 * 0.11 / 4)
    assert score(40, 80, 52) == pytest.approx(100 + 100 * 0.11 * sigmoid(3 / 9) / 4)
    assert score(40, 80, 78) == pytest.approx(100 - 100 * 0.11 / 4)


def test_profiles_weight_misses_and_false_alarms() -> None:
    assert score(40, profile="low_fn") == pytest.approx(50)
    assert score(40, 80, 20, profile="low_fp") == pytest.approx(100 - 100 * 0.22 / 4)


def test_the_first_rows_are_not_scored() -> None:
    assert score(3, 14) == pytest.approx(0)
    assert score(15) < 0


def test_one_threshold_is_chosen_for_all_series_and_ties_share_a_side() -> None:
    scores = [0.0] * 100
    scores[20] = scores[40] = 0.5
    scores[80] = 0.9
    points = curve([marks(FILE, scores)], 2, STANDARD)

    assert [point.threshold for point in points] == [inf, 0.9, 0.5]
    assert best(points).threshold == 0.5
    assert best(points).worth == pytest.approx(2 - 0.11)
    assert at(points, 0.7) == points[1].worth
    assert at(points, 1.0) == points[0].worth
