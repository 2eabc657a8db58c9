"""Wilson's score interval (1927) of a share that was observed in few trials."""

from math import sqrt
from typing import Final, NamedTuple

Z95: Final = 1.96


class Interval(NamedTuple):
    """The bounds of a share."""

    lower: float
    upper: float


def wilson(hits: float, trials: float, z: float = Z95) -> Interval:
    """Return the interval of the share `hits / trials`, at 95 % or `z`; (0, 1) without trials.

    It contains the share in spite of rounding: its lower bound is 0 without hits, its upper bound
    is 1 when all trials are hits.
    """
    if trials <= 0:
        return Interval(0.0, 1.0)
    share, z2 = min(1.0, hits / trials), z * z
    spread = z * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    centre, scale = share + z2 / (2 * trials), 1 + z2 / trials
    return Interval(
        min(share, max(0.0, (centre - spread) / scale)),
        max(share, min(1.0, (centre + spread) / scale)),
    )
