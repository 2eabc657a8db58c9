"""Latency that moved counts only where it does what it never did."""

import random
from collections.abc import Callable

from functions.detection.anomalies import MIN_BASELINE, SymptomCell, anomalies
from quorum.domain.evidence import Series
from tests.builders.bundles import shop_bundle
from tests.builders.evidence import ONSET, A

PERIOD = 60
CELL = SymptomCell(A, "errors")


def factor(before: int, latency: Callable[[int, random.Random], float], after: int = 6) -> float:
    dice = random.Random(2)  # noqa: S311
    points = tuple((ONSET + n * PERIOD, latency(n, dice)) for n in range(-before, after))
    series = Series(id="l", resource=A, measure="latency", period_seconds=PERIOD, points=points)
    return anomalies(shop_bundle((series,)))[CELL]


def habit(n: int, dice: random.Random) -> float:
    """Return a job's hour: every 120 periods it takes eight times as long for ten."""
    return dice.gauss(50, 0.5) * (8 if n % 120 < 10 else 1)


def once(n: int, dice: random.Random) -> float:
    return dice.gauss(50, 0.5) * (8 if n >= 0 else 1)


def test_novelty_of_a_frequent_value_is_low() -> None:
    assert factor(MIN_BASELINE + 130, habit) < 1
    assert factor(100, habit) > 5


def test_novelty_of_a_new_value_is_high_with_a_long_baseline() -> None:
    assert factor(MIN_BASELINE + 130, once) > 1
    assert factor(100, once) > 5
