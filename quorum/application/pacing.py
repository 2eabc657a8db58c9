"""Space requests so that they take at most a share of a service's quota of requests.

For a function of which one execution runs at a time: nothing is shared with others. Functions that
run at once share their turns by `request_limiter`.
"""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

from quorum.domain.errors import SourceUnavailableError

SHARE: Final = 0.1
"""Of a quota, which people and deployments need in an incident."""
UNKNOWN_QUOTA: Final = 10.0
"""Requests per second of services that document none for reads."""


class Pacing:
    """Turns of requests, one after the other for each service, until the time for them is over."""

    def __init__(
        self,
        quotas: Mapping[str, float],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        """`quotas`: requests per second by service. `clock`: seconds that never go back."""
        self._quotas, self._clock, self._sleep = quotas, clock, sleep
        self._next: dict[str, float] = {}
        self._end = clock()
        self._lock = Lock()

    def begin(self, seconds: float) -> None:
        """Allow requests for so many seconds from now."""
        self._end = self._clock() + seconds

    def wait(self, service: str) -> None:
        """Wait for the service's next turn. Raises SourceUnavailableError when it is too late."""
        with self._lock:
            turn = max(self._clock(), self._next.get(service, 0.0))
            if turn > self._end:
                raise SourceUnavailableError(f"{service}: no time left at {SHARE:.0%} of its quota")
            self._next[service] = turn + 1 / (SHARE * self._quotas.get(service, UNKNOWN_QUOTA))
        self._sleep(max(0.0, turn - self._clock()))
