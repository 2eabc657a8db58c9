"""Wilson's score interval (1927): the confidence interval of a share from few trials."""

from math import sqrt
from typing import Final, NamedTuple

Z95: Final = 1.96


class Interval(NamedTuple):
    """The bounds of a share, at 95 % confidence."""

    lower: float
    upper: float


def wilson(hits: float, trials: float) -> Interval:
    """Return the 95 % interval of hits / trials; (0, 1) without trials."""
    if trials <= 0:
        return Interval(0.0, 1.0)
    share, z2 = min(1.0, hits / trials), Z95 * Z95
    spread = Z95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    centre, scale = share + z2 / (2 * trials), 1 + z2 / trials
    return Interval(
        (centre - spread) / scale if hits > 0 else 0.0,  # exactly 0, without a rounding error
        (centre + spread) / scale if hits < trials else 1.0,
    )
