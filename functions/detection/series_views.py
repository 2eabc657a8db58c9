"""One series seen in several ways, a number per point each: causal, one pass, bounded memory."""

from collections.abc import Sequence
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
        self.magnitude = 0.0
        """The greatest absolute value so far."""
        self._hours: dict[int, float] = {}
        self._at: int | None = None

    def add(self, at: int, value: float) -> None:
        """Take in a point; `at` is in epoch seconds, `value` is finite."""
        self.magnitude = max(self.magnitude, abs(value))
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


def value(window: Window) -> float:
    """Return the newest value itself."""
    return window.values[-1]


def jump(window: Window) -> float:
    """Return how far the newest value is from the one before."""
    values = window.values
    return abs(values[-1] - values[-2]) if len(values) > 1 else 0.0


def level(window: Window) -> float:
    """Return the mean of the newest twelve."""
    return mean(window.values[-12:])


def beside(window: Window) -> float:
    """Return the newest value less the mean of the five before it."""
    values = window.values
    return values[-1] - mean(values[-6:-1]) if len(values) > 1 else 0.0


def season(window: Window) -> float:
    """Return how far the newest six were off their time of day."""
    return mean(window.off[-6:])


def mean(values: Sequence[float]) -> float:
    """Return the mean of some values: faster than the library's, which is exact."""
    return sum(values) / len(values)
