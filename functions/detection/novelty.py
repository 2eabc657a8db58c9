"""How long ago a value was last as high: novelty that needs no distribution.

Of n exchangeable values the newest is the highest with probability 1/n, whatever their distribution
is; so one that nothing has matched for n values has a tail probability of 1/n. That is conformal
prediction on a stream (Vovk, Gammerman and Shafer, 2005), with the age of a record as its rank.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

MOST: Final = 64
"""Values remembered: only those that nothing later has matched, some ten of random ones."""
YOUNG: Final = 30
"""Values before which nothing is said."""


class Record:
    """One stream's highest values, and when they were."""

    def __init__(self) -> None:
        self._heights: list[float] = []
        """Negative, so that they ascend: the highest and oldest first."""
        self._places: list[int] = []
        self._low = self._high = 0.0
        self.count = 0

    def add(self, value: float, margins: Sequence[float], least: float = 0.0) -> list[int]:
        """Return, for each margin, how many values ago one was less than the margin lower.

        Margins are in ranges of the stream so far. Takes the value in. All are 0 for the first
        values, and where the stream has not moved by more than the least yet.
        """
        width = self._high - self._low if self.count else 0.0
        told = self.count >= YOUNG and width > least
        found = [self._age(value - m * width) if told else 0 for m in margins]
        self._take(value)
        return found

    def _age(self, height: float) -> int:
        place = bisect_left(self._heights, -height)
        return self.count - (self._places[place - 1] if place else -1)

    def _take(self, value: float) -> None:
        heights, places = self._heights, self._places
        self._low = min(self._low, value) if self.count else value
        self._high = max(self._high, value) if self.count else value
        while heights and heights[-1] >= -value:
            heights.pop()
            places.pop()
        heights.append(-value)
        places.append(self.count)
        if len(heights) > MOST:  # the second newest: it tells young ages only
            del heights[-2], places[-2]
        self.count += 1
