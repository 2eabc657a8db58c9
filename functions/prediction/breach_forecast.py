"""Breach forecast: the chance that a series exceeds a threshold, by horizon, from its own past.

Three light methods vote with equal weight. Two use analogues: of the points at which the series, or
its smoothed level, was closest to its present value, the share with a breach within the horizon.
The third adds the past's rises from a slow level (simple exponential smoothing) to the present
level, which is a conformal predictive distribution (Vovk et al., 2017) of the highest value to
come. No distribution is assumed, and a horizon with too little data has no chance: it abstains.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple

HORIZONS: Final = (1, 3, 6, 12, 24, 48, 96)
MAX_POINTS: Final = 1500
"""Points that the forecast looks back."""
ANALOGUES: Final = 10
"""One point in this many is an analogue: the nearest ones."""
MIN_POINTS: Final = 30
MIN_HORIZONS: Final = 4
"""The series has to be at least this many horizons long."""
QUICK: Final = 0.3
SLOW: Final = 0.05


class BreachChance(NamedTuple):
    """The probability of a breach within that many points."""

    horizon: int
    probability: float


def breach_chances(
    values: Sequence[float], threshold: float, horizons: Sequence[int] = HORIZONS
) -> list[BreachChance]:
    """Return the probability of a value above the threshold within each horizon, ascending.

    A horizon with too little data is left out. Negate values and threshold for a lower threshold.
    """
    recent = values[-MAX_POINTS:]
    usable = [h for h in sorted(horizons) if len(recent) >= max(MIN_POINTS, MIN_HORIZONS * h)]
    if not usable:
        return []
    slow = smoothed(recent, SLOW)
    orders = [_nearest(recent), _nearest(smoothed(recent, QUICK))]
    found, least = [], 0.0
    for horizon in usable:
        coming = highest_next(recent, horizon)
        usual = _share(sum(h > threshold for h in coming), len(coming), 0.5)
        votes = [_by_analogues(order, coming, threshold, usual) for order in orders]
        votes.append(_by_rises(slow, coming, threshold, usual))
        least = max(least, sum(votes) / len(votes))
        found.append(BreachChance(horizon, least))
    return found


def smoothed(values: Sequence[float], factor: float) -> list[float]:
    """Return the level after each value, by simple exponential smoothing."""
    levels, level = [], values[0] if values else 0.0
    for value in values:
        level += factor * (value - level)
        levels.append(level)
    return levels


def highest_next(values: Sequence[float], horizon: int) -> list[float]:
    """Return, for each position followed by `horizon` values, the highest of those."""
    found: list[float] = []
    falling: deque[int] = deque()
    for place, value in enumerate(values):
        while falling and values[falling[-1]] <= value:
            falling.pop()
        falling.append(place)
        if falling[0] <= place - horizon:
            falling.popleft()
        if place >= horizon:
            found.append(values[falling[0]])
    return found


def _nearest(levels: Sequence[float]) -> list[int]:
    """Return the positions before the last, sorted by closeness to the last level."""
    now = levels[-1]
    return sorted(range(len(levels) - 1), key=lambda place: (abs(levels[place] - now), -place))


def _by_analogues(
    order: Sequence[int], coming: Sequence[float], threshold: float, usual: float
) -> float:
    count = max(ANALOGUES, len(order) // ANALOGUES)
    analogues = list(islice((coming[p] for p in order if p < len(coming)), count))
    return _share(sum(value > threshold for value in analogues), len(analogues), usual)


def _by_rises(
    levels: Sequence[float], coming: Sequence[float], threshold: float, usual: float
) -> float:
    needed = threshold - levels[-1]
    rises = sum(c - level > needed for c, level in zip(coming, levels, strict=False))
    return _share(rises, len(coming), usual)


def _share(hits: int, of: int, prior: float) -> float:
    return (hits + prior) / (of + 1)
