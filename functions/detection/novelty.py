"""Novelty: the number of values since one was last as high, free of any distribution.

The newest of n exchangeable values is the highest with probability 1/n, whatever their
distribution. A value unmatched for n values therefore has a tail probability of 1/n. This is
conformal prediction on a stream (Vovk, Gammerman and Shafer, 2005), with the age of a record as its
rank.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

MAX_PEAKS: Final = 64
"""Values remembered: those that no later one has matched, about ten of random ones."""
MIN_VALUES: Final = 30
"""Values before which all ages are 0."""


class PeakHistory:
    """The highest values of one stream, and their positions."""

    def __init__(self) -> None:
        self._heights: list[float] = []
        """Negative, so that they ascend: the highest and oldest first."""
        self._positions: list[int] = []
        self._low = self._high = 0.0
        self.count = 0

    def observe(self, value: float, margins: Sequence[float], least: float = 0.0) -> list[int]:
        """Take in a value; return, for each margin, the age of the last one nearly as high.

        Nearly as high is less than the margin lower, in ranges of the stream so far. All ages are 0
        for the first MIN_VALUES, and until the stream has moved by more than `least`.
        """
        width = self._high - self._low if self.count else 0.0
        mature = self.count >= MIN_VALUES and width > least
        found = [self._age(value - m * width) if mature else 0 for m in margins]
        self._remember(value)
        return found

    def _age(self, height: float) -> int:
        index = bisect_left(self._heights, -height)
        return self.count - (self._positions[index - 1] if index else -1)

    def _remember(self, value: float) -> None:
        heights, positions = self._heights, self._positions
        self._low = min(self._low, value) if self.count else value
        self._high = max(self._high, value) if self.count else value
        while heights and heights[-1] >= -value:
            heights.pop()
            positions.pop()
        heights.append(-value)
        positions.append(self.count)
        if len(heights) > MAX_PEAKS:  # the second newest: it matters for young ages only
            del heights[-2], positions[-2]
        self.count += 1
