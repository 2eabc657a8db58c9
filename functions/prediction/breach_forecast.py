"""When will a series breach its threshold? Chances by horizon, from its own past and nothing else.

Three light methods vote with equal weight. Two ask for analogues: of the moments when the series,
or its smoothed level, was closest to what it is now, how many saw a breach within the horizon? The
third adds the past's rises from a slow level (simple exponential smoothing) to the level of now,
which is a conformal predictive distribution (Vovk et al., 2017) of the highest value to come. So
no distribution is assumed, and a horizon of which too little was seen has no chance: abstention.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple

HORIZONS: Final = (1, 3, 6, 12, 24, 48, 96)
MEMORY: Final = 1500
"""Points back that are looked at."""
ANALOGUES: Final = 10
"""One in so many moments is alike: the nearest."""
LEAST: Final = 30
SEEN: Final = 4
"""How many times the horizon must have been seen."""
QUICK: Final = 0.3
SLOW: Final = 0.05


class Chance(NamedTuple):
    """The probability of a breach within that many points."""

    horizon: int
    probability: float


def chances(
    values: Sequence[float], threshold: float, horizons: Sequence[int] = HORIZONS
) -> list[Chance]:
    """Return how probable a value above the threshold is within each horizon, rising.

    A horizon of which too little was seen is left out. To ask for values below, negate both.
    """
    known = values[-MEMORY:]
    told = [h for h in sorted(horizons) if len(known) >= max(LEAST, SEEN * h)]
    if not told:
        return []
    slow = smoothed(known, SLOW)
    orders = [_nearest(known), _nearest(smoothed(known, QUICK))]
    found, least = [], 0.0
    for horizon in told:
        coming = highest_next(known, horizon)
        usual = _share(sum(h > threshold for h in coming), len(coming), 0.5)
        votes = [_by_analogues(order, coming, threshold, usual) for order in orders]
        votes.append(_by_rises(slow, coming, threshold, usual))
        least = max(least, sum(votes) / len(votes))
        found.append(Chance(horizon, least))
    return found


def smoothed(values: Sequence[float], pace: float) -> list[float]:
    """Return the level by simple exponential smoothing after each value."""
    levels, level = [], values[0] if values else 0.0
    for value in values:
        level += pace * (value - level)
        levels.append(level)
    return levels


def highest_next(values: Sequence[float], horizon: int) -> list[float]:
    """Return, for each place that has so many values after it, the highest of those."""
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
    """Return the places before the last, those whose level is most like the last one's first."""
    now = levels[-1]
    return sorted(range(len(levels) - 1), key=lambda place: (abs(levels[place] - now), -place))


def _by_analogues(
    order: Sequence[int], coming: Sequence[float], threshold: float, usual: float
) -> float:
    most = max(ANALOGUES, len(order) // ANALOGUES)
    alike = list(islice((coming[p] for p in order if p < len(coming)), most))
    return _share(sum(value > threshold for value in alike), len(alike), usual)


def _by_rises(
    levels: Sequence[float], coming: Sequence[float], threshold: float, usual: float
) -> float:
    needed = threshold - levels[-1]
    rises = sum(c - level > needed for c, level in zip(coming, levels, strict=False))
    return _share(rises, len(coming), usual)


def _share(hits: int, of: int, prior: float) -> float:
    return (hits + prior) / (of + 1)
