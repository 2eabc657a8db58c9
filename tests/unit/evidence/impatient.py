"""Parallel calls that give up on a call once it hangs, instead of at its deadline."""

import time
from collections.abc import Callable
from threading import Event, local
from typing import Any, TypeVar

from functions.evidence.parallel_calls import ParallelCalls, PendingCall
from quorum.domain.errors import SourceUnavailableError

T = TypeVar("T")


class ImpatientCalls(ParallelCalls):
    """Wait for every result, however slow the machine is, and for none that hangs."""

    def __init__(self) -> None:
        super().__init__(seconds=30)
        self._mine, self._over = local(), Event()

    def start(self, question: Callable[[], T]) -> PendingCall[T]:
        """Start the call; there is time left until its source hangs."""
        stuck, asked = Event(), Event()

        def ask() -> T:
            self._mine.stuck = stuck
            try:
                return question()
            finally:
                asked.set()

        def left() -> float:
            while not (stuck.is_set() or asked.is_set()):
                time.sleep(0.001)
            return 0.0 if stuck.is_set() else 30.0

        return PendingCall(self._pool.submit(ask), left)

    def hang(self, *_: Any, **__: Any) -> Any:
        """A call that does not come back until the round is over."""
        self._mine.stuck.set()
        self._over.wait(30)
        raise SourceUnavailableError("too late")

    def close(self) -> None:
        """Release hanging calls, as at the end of a round, and let them end."""
        super().close()
        self._over.set()
