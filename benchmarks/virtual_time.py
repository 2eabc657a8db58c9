"""Threads on one virtual clock: one runs at a time, and time passes only while all sleep.

Minutes of waiting are simulated within seconds, and every run is identical. The code under test
needs no change, because it takes its clock and sleep as arguments.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta


class VirtualTime:
    """A `Clock` whose `sleep` lets other threads run. Add threads with `start`, then call `run`."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = itertools.count()
        self._asleep: list[tuple[datetime, int, threading.Event]] = []
        self._over = threading.Event()
        self._errors: list[BaseException] = []

    def __call__(self) -> datetime:
        """Return the current virtual time."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Wait for the given virtual seconds."""
        mine = threading.Event()
        self._queue(seconds, mine)
        self._next()
        mine.wait()

    def start(self, work: Callable[[], None], after: float = 0.0) -> None:
        """Run the work in a new thread, `after` virtual seconds from now."""
        turn = threading.Event()

        def thread() -> None:
            turn.wait()
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised again by `run`
                self._errors.append(error)
            self._next()

        self._queue(after, turn)
        threading.Thread(target=thread, daemon=True).start()

    def run(self) -> None:
        """Run until all threads have ended. Raises the first exception of a thread."""
        self._next()
        self._over.wait()
        if self._errors:
            raise self._errors[0]

    def _queue(self, seconds: float, turn: threading.Event) -> None:
        at = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._asleep, (at, next(self._order), turn))

    def _next(self) -> None:
        if not self._asleep or self._errors:
            self._over.set()
            return
        self._now, _, turn = heapq.heappop(self._asleep)
        turn.set()
