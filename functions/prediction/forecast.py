"""Forecast with an interval, from few points: damped Holt smoothing with robust residuals."""

from collections.abc import Sequence
from typing import Final

from quorum.seats.signals.distributions import robust

LEVEL: Final = 0.2
TREND: Final = 0.05
DAMPING: Final = 0.8
FIRST: Final = 5
"""The first level is the mean of this many points."""


def forecast(values: Sequence[float]) -> tuple[float, float]:
    """Return the expected level and its sigma; without values, 0 and a zero count's sigma.

    The trend is damped to its limit. Sigma comes from the one-step residuals, and is never below
    that of counts with this mean.
    """
    ahead, residuals = _smoothed(values)
    return ahead[-1], _sigma(residuals, values)


def forecasts(values: Sequence[float]) -> list[tuple[float, float]]:
    """Return the forecast after each number of values, from none to all of them.

    All begin at the mean of the first FIRST values, so those after fewer values use later ones.
    """
    ahead, residuals = _smoothed(values)
    return [(level, _sigma(residuals[:n], values[:n])) for n, level in enumerate(ahead)]


def _smoothed(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the level ahead after each number of values, and each value's residual."""
    first = values[:FIRST]
    level, trend = sum(first) / max(1, len(first)), 0.0
    ahead, residuals = [level], []
    for value in values:
        expected = level + DAMPING * trend
        residuals.append(value - expected)
        before, level = level, expected + LEVEL * (value - expected)
        trend = TREND * (level - before) + (1 - TREND) * DAMPING * trend
        ahead.append(level + trend * DAMPING)
    return ahead, residuals


def _sigma(residuals: Sequence[float], values: Sequence[float]) -> float:
    counts = (max(0.0, sum(values) / max(1, len(values))) + 0.25) ** 0.5
    return robust(residuals, counts)[1]
