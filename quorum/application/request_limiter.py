"""Limit requests to an API to its rate, over all functions that are running."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from math import inf
from threading import BoundedSemaphore
from typing import Final

from quorum.domain.constants import API_RATES
from quorum.domain.errors import StoreUnavailableError
from quorum.ports.clock import Clock
from quorum.ports.telemetry import RequestTurns, Turn

UNLIMITED_SECONDS: Final = 10.0
"""After the store has failed, requests go unlimited for so long before it is tried again."""


class RequestLimiter:
    """Waits for turns that all functions share.

    Without the store of turns, requests go at once: the clients retry what the service throttles.
    """

    def __init__(
        self, turns: RequestTurns, *, now: Clock, sleep: Callable[[float], object]
    ) -> None:
        self._turns, self._now, self._sleep = turns, now, sleep
        self._unlimited_until: datetime | None = None

    def of(self, api: str, *, longest: float = inf, at_once: int | None = None) -> Turn:
        """Return the wait for one API's turns. Raises KeyError for an API without a rate.

        No turn is waited for longer than `longest` seconds, and at most `at_once` requests of this
        function wait at the same time: requests with a longer wait then pass in front of these when
        the whole fleet queues, as these give up while the queue is long.
        """
        rate = API_RATES[api]
        place = BoundedSemaphore(at_once) if at_once else nullcontext()

        def turn(seconds: float) -> bool:
            until = self._now() + timedelta(seconds=max(0.0, seconds))
            with place:
                now = self._now()
                if self._unlimited_until is not None and now < self._unlimited_until:
                    return True
                wait = min(longest, max(0.0, (until - now).total_seconds()))
                try:
                    at = self._turns.reserve(api, rate, now, now + timedelta(seconds=wait))
                except StoreUnavailableError:
                    self._unlimited_until = self._now() + timedelta(seconds=UNLIMITED_SECONDS)
                    return True
                if at is not None:
                    self._sleep(max(0.0, (at - self._now()).total_seconds()))
                return at is not None

        return turn
