"""One series seen in several ways, a number per point each: causal, one pass, bounded memory."""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Final

LONGEST: Final = 72
"""Points that a view may look back."""
DAY: Final = 86400
HOUR: Final = 3600
LEARNED: Final = 0.3
"""How much of what is expected of an hour of the day comes from that hour of the last day."""


class Window:
    """The newest values of a series, oldest first, and how far they were off their time of day."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.off: list[float] = []
        self._hours: dict[int, float] = {}
        self._at: int | None = None

    def add(self, at: int, value: float) -> None:
        """Take in a point; `at` is in epoch seconds, `value` is finite."""
        self.values.append(value)
        self.off.append(self._off(at, value))
        if len(self.values) > LONGEST:
            del self.values[0], self.off[0]

    def _off(self, at: int, value: float) -> float:
        """Return value less what is expected of its hour, and learn from it."""
        hour = at % DAY // HOUR
        passed = max(1, at - self._at) if self._at is not None else HOUR
        self._at = at
        expected = self._hours.setdefault(hour, value)
        self._hours[hour] += LEARNED * (value - expected) * min(1.0, passed / HOUR)
        return value - expected


def jump(window: Window) -> float:
    """Return how far the newest value is from the one before."""
    values = window.values
    return abs(values[-1] - values[-2]) if len(values) > 1 else 0.0


def mean(values: list[float], count: int) -> float:
    """Return the mean of the newest so many; of fewer, where there are fewer."""
    newest = values[-count:]
    return sum(newest) / len(newest)


def beside(values: list[float], count: int) -> float:
    """Return the newest value less the mean of so many before it."""
    before = values[-count - 1 : -1] or values
    return values[-1] - sum(before) / len(before)


def moved(values: list[float], count: int) -> float:
    """Return the mean of the newest so many less that of as many before; 0 at the start."""
    before = values[-2 * count : -count]
    return mean(values, count) - sum(before) / len(before) if before else 0.0


def spread(values: list[float], count: int) -> float:
    """Return the standard deviation of the newest so many."""
    newest = values[-count:]
    middle = sum(newest) / len(newest)
    return sqrt(sum((value - middle) ** 2 for value in newest) / len(newest))


VIEWS: Final[Mapping[str, Callable[[Window], float]]] = {
    "value": lambda window: window.values[-1],
    "jump": jump,
    "beside 24": lambda window: beside(window.values, 24),
    "mean 12": lambda window: mean(window.values, 12),
    "moved 12": lambda window: moved(window.values, 12),
    "season": lambda window: mean(window.off, 6),
}
