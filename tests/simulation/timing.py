"""The paces at which worlds are watched."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Resolution and length of the observation; all in seconds, `rate` in requests/s."""

    period: int
    baseline: int
    after: int
    rate: float
    alarm_period: int
    innocent: tuple[float, float]
    """Bounds of the time from an innocent change to the fault."""
    inventory: int
    """Interval between snapshots; evidence takes one more at the end."""


def laptop(rng: random.Random) -> Timing:
    """Return what a laptop yields: seconds."""
    after, rate = rng.randint(6, 20), rng.uniform(8, 15)
    innocent = rng.choice(((2.0, 9.0), (9.0, 60.0)))
    return Timing(1, rng.randint(20, 90), after, rate, 10, innocent, rng.choice((10, 30, 60)))


def cloud(rng: random.Random) -> Timing:
    """Return what AWS yields: minutes."""
    after, rate = 60 * rng.randint(3, 6), rng.uniform(2, 6)
    return Timing(60, 1200, after, rate, 60, (120, 3000), 300)
