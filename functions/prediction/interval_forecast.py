"""Interval forecast: three light methods, the most accurate so far, with its past errors.

An interval consists of the errors that the method made at that horizon on the series so far
(conformal prediction; Vovk et al., 2005), so it assumes no distribution. Theta is Assimakopoulos
and Nikolopoulos (2000): exponential smoothing with half of the linear trend as drift.
"""

from collections.abc import Mapping, Sequence
from math import ceil, floor, isfinite
from statistics import median
from typing import Final, NamedTuple

from functions.prediction.breach_forecast import smoothed

SMOOTHING: Final = 0.3
MAX_ERRORS: Final = 600
"""Past forecasts that an interval rests on."""
MIN_ERRORS: Final = 20


class ForecastInterval(NamedTuple):
    """The expected value at the horizon, and the interval with the requested coverage."""

    method: str
    expected: float
    low: float
    high: float


def forecast_interval(
    values: Sequence[float], horizon: int, coverage: float = 0.8, season: int = 0
) -> ForecastInterval | None:
    """Return the interval `horizon` points ahead, or None if there are too few past errors.

    `season` is in points; 0 is none. The method with the least mean absolute error is used.
    """
    forecasts_by_method = {
        name: (
            forecasts[-1],
            [v - f for v, f in zip(values[horizon:], forecasts, strict=False) if isfinite(f)],
        )
        for name, forecasts in _forecasts(values, horizon, season).items()
        if len(values) > horizon
    }
    errors = {
        name: found[-MAX_ERRORS:]
        for name, (_, found) in forecasts_by_method.items()
        if len(found) >= MIN_ERRORS
    }
    if not errors:
        return None
    best = min(errors, key=lambda name: (sum(map(abs, errors[name])) / len(errors[name]), name))
    low, high = _quantiles(errors[best], (1 - coverage) / 2)
    newest = forecasts_by_method[best][0]
    return ForecastInterval(best, newest + median(errors[best]), newest + low, newest + high)


def _forecasts(values: Sequence[float], horizon: int, season: int) -> Mapping[str, Sequence[float]]:
    """Return, by method, the forecast made for the horizon at each point; NaN if there is none."""
    levels = smoothed(values, SMOOTHING)
    found = {"smoothing": levels, "theta": _theta(values, levels, horizon)}
    if season >= horizon and len(values) > season:
        unknown = [float("nan")] * (season - horizon)
        found["seasonal naive"] = [*unknown, *values[: len(values) - season + horizon]]
    return found


def _theta(values: Sequence[float], levels: Sequence[float], horizon: int) -> list[float]:
    """Return the level plus half of the trend so far, over the horizon and the level's delay."""
    found, mean, product = [], 0.0, 0.0
    for n, (value, level) in enumerate(zip(values, levels, strict=True)):
        mean += (value - mean) / (n + 1)
        product += (n + 1) / 2 * (value - mean)
        squares = n * (n + 1) * (n + 2) / 12
        slope = product / squares if squares else 0.0
        found.append(level + slope / 2 * (horizon - 1 + 1 / SMOOTHING))
    return found


def _quantiles(errors: Sequence[float], tail: float) -> tuple[float, float]:
    """Return the errors that leave `tail` on either side, conservatively."""
    ordered, n = sorted(errors), len(errors)
    low = max(0, floor(tail * (n + 1)) - 1)
    high = min(n - 1, ceil((1 - tail) * (n + 1)) - 1)
    return ordered[low], ordered[high]
