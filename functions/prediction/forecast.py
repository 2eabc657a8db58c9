"""A forecast with an interval, from few points: damped Holt smoothing over robust residuals."""

from collections.abc import Sequence
from typing import Final

from functions.shared.analysis.distributions import robust

LEVEL: Final = 0.2
TREND: Final = 0.05
DAMPING: Final = 0.8
FIRST: Final = 5
"""Points that the first level is the mean of."""


def forecast(values: Sequence[float]) -> tuple[float, float]:
    """Return the expected level and its sigma; of nothing: 0, as uncertain as a count of none.

    The trend is damped to its limit; sigma comes from the one-step residuals, and is never below
    that of counts with this mean.
    """
    first = values[:FIRST]
    level, trend = sum(first) / max(1, len(first)), 0.0
    residuals = []
    for value in values:
        expected = level + DAMPING * trend
        residuals.append(value - expected)
        before, level = level, expected + LEVEL * (value - expected)
        trend = TREND * (level - before) + (1 - TREND) * DAMPING * trend
    counts = (max(0.0, sum(values) / max(1, len(values))) + 0.25) ** 0.5
    _, sigma = robust(residuals, counts)
    return level + trend * DAMPING, sigma
