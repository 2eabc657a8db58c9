"""Where will a series be? Three light methods, the one that has erred least, and its past errors.

An interval is made of the very errors that the method made at that horizon on the series so far
(conformal prediction; Vovk et al., 2005), so it assumes no distribution. Theta is Assimakopoulos
and Nikolopoulos (2000): exponential smoothing with half of the linear trend as drift.
"""

from collections.abc import Mapping, Sequence
from math import ceil, floor, isfinite
from statistics import median
from typing import Final, NamedTuple

from functions.prediction.breach_forecast import smoothed

PACE: Final = 0.3
MEMORY: Final = 600
"""Past forecasts that an interval rests on."""
LEAST: Final = 20


class Interval(NamedTuple):
    """What is expected at the horizon, and between what it lies with the probability asked for."""

    method: str
    expected: float
    low: float
    high: float


def interval(
    values: Sequence[float], horizon: int, coverage: float = 0.8, season: int = 0
) -> Interval | None:
    """Return the interval so many points ahead, or None when too few errors are known.

    `season` is in points; 0 is none. The method is the one of the least mean absolute error.
    """
    known = {
        name: (
            told[-1],
            [v - f for v, f in zip(values[horizon:], told, strict=False) if isfinite(f)],
        )
        for name, told in _forecasts(values, horizon, season).items()
        if len(values) > horizon
    }
    errors = {name: found[-MEMORY:] for name, (_, found) in known.items() if len(found) >= LEAST}
    if not errors:
        return None
    best = min(errors, key=lambda name: (sum(map(abs, errors[name])) / len(errors[name]), name))
    low, high = _quantiles(errors[best], (1 - coverage) / 2)
    told = known[best][0]
    return Interval(best, told + median(errors[best]), told + low, told + high)


def _forecasts(values: Sequence[float], horizon: int, season: int) -> Mapping[str, Sequence[float]]:
    """Return, by method, what was forecast for the horizon at each point; NaN for nothing yet."""
    levels = smoothed(values, PACE)
    found = {"smoothing": levels, "theta": _theta(values, levels, horizon)}
    if season >= horizon and len(values) > season:
        unknown = [float("nan")] * (season - horizon)
        found["seasonal naive"] = [*unknown, *values[: len(values) - season + horizon]]
    return found


def _theta(values: Sequence[float], levels: Sequence[float], horizon: int) -> list[float]:
    """Return the level plus half of the trend so far, over the horizon and the level's delay."""
    found, middle, product = [], 0.0, 0.0
    for n, (value, level) in enumerate(zip(values, levels, strict=True)):
        middle += (value - middle) / (n + 1)
        product += (n + 1) / 2 * (value - middle)
        squares = n * (n + 1) * (n + 2) / 12
        slope = product / squares if squares else 0.0
        found.append(level + slope / 2 * (horizon - 1 + 1 / PACE))
    return found


def _quantiles(errors: Sequence[float], tail: float) -> tuple[float, float]:
    """Return the errors that leave so much on either side, conservatively."""
    ordered, n = sorted(errors), len(errors)
    low = max(0, floor(tail * (n + 1)) - 1)
    high = min(n - 1, ceil((1 - tail) * (n + 1)) - 1)
    return ordered[low], ordered[high]
