"""ThrottledError APIs: a bucket of calls a second, and clients that retry as botocore does."""

import random
from dataclasses import dataclass, field

from benchmarks.pace.facts import BACKOFF_CAP, CALL_ATTEMPTS, CALL_SECONDS
from quorum.ports.clock import Clock


class ThrottledError(Exception):
    """Every attempt of a call was throttled; `elapsed` is the time then, in seconds."""

    def __init__(self, elapsed: float) -> None:
        super().__init__("Rate exceeded")
        self.elapsed = elapsed


@dataclass
class Bucket:
    """At most `rate` calls in any second of the virtual clock, shared by all callers."""

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
        self._granted = [one for one in self._granted if one > now - 1]
        for attempt in range(CALL_ATTEMPTS):
            elapsed += CALL_SECONDS
            at = now + elapsed
            if sum(at - 1 < one <= at for one in self._granted) < self.rate:
                self._granted.append(at)
                return elapsed
            if attempt < CALL_ATTEMPTS - 1:
                elapsed += self.rng.random() * min(2.0**attempt, BACKOFF_CAP)
        raise ThrottledError(elapsed)
