"""Asking sources side by side: none waits for another, and none is waited for too long."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final, Generic, NamedTuple, TypeVar

from quorum.domain.base import MOST_READ
from quorum.domain.constants import CALL_TIMEOUT_SECONDS
from quorum.domain.redaction import redact_start

T = TypeVar("T")

BUDGET_SECONDS: Final = 60.0
"""For all questions of one round, so that an answer is frozen within the function's time."""
MOST_THREADS: Final = 128
"""More than one round asks at once: a source that hangs never keeps another waiting."""
MOST_REASON: Final = 200


class Failed(NamedTuple):
    """A source did not answer, and why."""

    reason: str


class Pending(Generic[T]):
    """A question on its way."""

    def __init__(self, future: "Future[T]", left: Callable[[], float]) -> None:
        self._future, self._left = future, left

    def get(self) -> T | Failed:
        """Wait for the answer as long as there is time; an error is an answer too."""
        wait([self._future], timeout=self._left())
        if not self._future.done():
            return Failed("no answer in time")
        error = self._future.exception()
        if error is None:
            return self._future.result()
        told = redact_start(str(error), MOST_READ)
        return Failed(f"{type(error).__name__}: {told}"[:MOST_REASON])

    def result(self) -> T:
        """Wait for the answer on behalf of a question that needs it, and fail as it fails."""
        return self._future.result(self._left())


def attempt(question: Callable[[], T], seconds: float) -> T | Failed:
    """Return what comes of it, whatever goes wrong: it is the last that stands behind a round."""
    apart = ThreadPoolExecutor(1, thread_name_prefix="attempt")
    try:
        return Pending(apart.submit(question), lambda: seconds).get()
    finally:
        apart.shutdown(wait=False)


class Asking:
    """Asks in threads of its own; close it when the answers are in."""

    def __init__(
        self,
        *,
        seconds: float = CALL_TIMEOUT_SECONDS,
        budget: float = BUDGET_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds, self._clock = seconds, clock
        self._end = clock() + budget
        self._pool = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="source")

    def start(self, question: Callable[[], T]) -> Pending[T]:
        """Begin to ask."""
        deadline = min(self._clock() + self._seconds, self._end)
        return Pending(self._pool.submit(question), lambda: max(0.0, deadline - self._clock()))

    def close(self) -> None:
        """Let go of what has not answered; its thread ends when its own call times out."""
        self._pool.shutdown(wait=False, cancel_futures=True)
