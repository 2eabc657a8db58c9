"""Views of a series, one number per point each: causal, one pass, bounded memory."""

from collections.abc import Sequence
from typing import Final

MAX_POINTS: Final = 72
"""Points that a view may look back."""
DAY: Final = 86400
HOUR: Final = 3600
LEARNING_RATE: Final = 0.3
"""Weight of the last day's hour in the value expected for an hour of the day."""


class SeriesWindow:
    """The newest values of a series, oldest first, and their offsets from the time of day."""

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
        if len(self.values) > MAX_POINTS:
            del self.values[0], self.off[0]

    def _off(self, at: int, value: float) -> float:
        """Return the value minus the one expected for its hour, and learn from it."""
        hour = at % DAY // HOUR
        passed = max(1, at - self._at) if self._at is not None else HOUR
        self._at = at
        expected = self._hours.setdefault(hour, value)
        self._hours[hour] += LEARNING_RATE * (value - expected) * min(1.0, passed / HOUR)
        return value - expected


def newest_value(window: SeriesWindow) -> float:
    """Return the newest value."""
    return window.values[-1]


def jump(window: SeriesWindow) -> float:
    """Return the distance between the two newest values."""
    values = window.values
    return abs(values[-1] - values[-2]) if len(values) > 1 else 0.0


def level(window: SeriesWindow) -> float:
    """Return the mean of the newest twelve values."""
    return mean(window.values[-12:])


def deviation_from_recent(window: SeriesWindow) -> float:
    """Return the newest value minus the mean of the five before it."""
    values = window.values
    return values[-1] - mean(values[-6:-1]) if len(values) > 1 else 0.0


def seasonal_deviation(window: SeriesWindow) -> float:
    """Return the mean offset of the newest six values from their time of day."""
    return mean(window.off[-6:])


def mean(values: Sequence[float]) -> float:
    """Return the mean: faster than the exact one of `statistics`."""
    return sum(values) / len(values)
