"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """A `Clock`; `advance` moves it, and so does `sleep`, which can stand in for time.sleep."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """Return the time now."""
        return self.now

    def advance(self, seconds: float) -> datetime:
        """Move forward; return the new time."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move forward instead of waiting."""
        self.advance(seconds)


class CountingIds:
    """A `NewId`: id-1, id-2, …"""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix, self._count = prefix, 0

    def __call__(self) -> str:
        """Return the next id."""
        self._count += 1
        return f"{self._prefix}-{self._count}"
