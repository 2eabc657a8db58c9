"""ThrottledError APIs: a bucket of calls a second, and clients that retry as botocore does."""

import random
from bisect import bisect_right, insort
from dataclasses import dataclass, field
from typing import Final

from benchmarks.pace.facts import BACKOFF_CAP, CALL_ATTEMPTS, CALL_SECONDS
from quorum.ports.clock import Clock

REMEMBERED: Final = 30.0
"""Seconds after which a bucket is full again in any case."""


class ThrottledError(Exception):
    """Every attempt of a call was throttled; `elapsed` is the time then, in seconds."""

    def __init__(self, elapsed: float) -> None:
        super().__init__("Rate exceeded")
        self.elapsed = elapsed


@dataclass
class Bucket:
    """A token bucket on the virtual clock, shared by all callers: `rate` calls a second."""

    name: str
    rate: int
    clock: Clock
    rng: random.Random
    _granted: list[float] = field(default_factory=list)

    def call(self, elapsed: float = 0.0) -> float:
        """Make one call `elapsed` seconds from now, retried as botocore's standard mode does.

        Returns the seconds from now at which it has ended. Raises ThrottledError.
        """
        now = self.clock().timestamp()
        self._granted = [one for one in self._granted if one > now - REMEMBERED]
        for attempt in range(CALL_ATTEMPTS):
            elapsed += CALL_SECONDS
            at = now + elapsed
            if self._admits(at):
                insort(self._granted, at)
                return elapsed
            if attempt < CALL_ATTEMPTS - 1:
                elapsed += self.rng.random() * min(2.0**attempt, BACKOFF_CAP)
        raise ThrottledError(elapsed)

    def _admits(self, at: float) -> bool:
        """Return whether a bucket of `rate` tokens, refilled at the rate, has one at that time.

        Calls are not made in the order of their times, so every stretch around it has to fit.
        """
        place = bisect_right(self._granted, at)
        before = [at, *reversed(self._granted[:place])]
        after = [at, *self._granted[place:]]
        return all(
            earlier + later + 1 <= self.rate * (1 + end - start)
            for earlier, start in enumerate(before)
            for later, end in enumerate(after)
        )
