"""Threads on one virtual clock: exactly one runs at a time, and time passes only while all sleep.

So code that waits for its turn can be measured over minutes within seconds, with nothing replaced
but the clock and the sleep that it takes as arguments; and a run is the same every time.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta


class VirtualTime:
    """A `Clock` whose `sleep` lets the next thread run. Start threads with `start`, then `run`."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = itertools.count()
        self._asleep: list[tuple[datetime, int, threading.Event]] = []
        self._over = threading.Event()
        self._errors: list[BaseException] = []

    def __call__(self) -> datetime:
        """Return the time now."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Wait, in virtual time."""
        mine = threading.Event()
        self._queue(seconds, mine)
        self._next()
        mine.wait()

    def start(self, work: Callable[[], None], after: float = 0.0) -> None:
        """Have a thread of its own do the work from then on."""
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
        """Return when every thread has ended. Raises what one of them raised."""
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
