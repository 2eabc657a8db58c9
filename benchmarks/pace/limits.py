"""Throttled APIs: a bucket of calls a second, and clients that retry as botocore does."""

import random
from dataclasses import dataclass, field

from benchmarks.pace.facts import BACKOFF_CAP, CALL_ATTEMPTS, CALL_SECONDS
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.clock import Clock


@dataclass
class Bucket:
    """At most `rate` calls in any second of the virtual clock, shared by all callers."""

    name: str
    rate: int
    clock: Clock
    rng: random.Random
    _granted: list[float] = field(default_factory=list)

    def call(self) -> None:
        """Make one call, retried as botocore's standard mode does.

        Raises SourceUnavailableError when every attempt was throttled.
        """
        at = self.clock().timestamp()
        self._granted = [one for one in self._granted if one > at - 1]
        for attempt in range(CALL_ATTEMPTS):
            at += CALL_SECONDS
            if sum(at - 1 < one <= at for one in self._granted) < self.rate:
                self._granted.append(at)
                return
            at += self.rng.random() * min(2.0**attempt, BACKOFF_CAP)
        raise SourceUnavailableError(f"{self.name}: ThrottlingException: Rate exceeded")
