"""Turns to send requests, in memory."""

from datetime import datetime, timedelta
from threading import Lock

from quorum.domain.constants import Rate
from quorum.domain.errors import QuorumError


class InMemoryRequestTurns:
    """A `RequestTurns`: the bucket is full again at `full_at`. Set `error` to have it raised."""

    def __init__(self) -> None:
        self.error: QuorumError | None = None
        self.asked = 0
        self._full_at: dict[str, datetime] = {}
        self._lock = Lock()

    def reserve(self, api: str, rate: Rate, now: datetime, latest: datetime) -> datetime | None:
        """Reserve the next free turn and return its time; None when it would be after `latest`."""
        with self._lock:
            self.asked += 1
            if self.error is not None:
                raise self.error
            spacing = timedelta(microseconds=-(-rate.per_seconds * 1_000_000 // rate.sends))
            full_at = max(now, self._full_at.get(api, now))
            turn = max(now, full_at - (rate.sends - 1) * spacing)
            if turn > latest:
                return None
            self._full_at[api] = full_at + spacing
            return turn
