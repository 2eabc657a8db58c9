"""Call the sources in parallel, each with a deadline: a slow one delays no other."""

import time
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from math import inf
from typing import Any, Final, Generic, NamedTuple, TypeVar

from quorum.domain.base import MOST_READ
from quorum.domain.constants import CALL_TIMEOUT_SECONDS
from quorum.domain.errors import QuorumError
from quorum.domain.redaction import redact_start

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

BUDGET_SECONDS: Final = 60.0
"""For all calls of one round, so that its evidence is frozen before the function's timeout."""
MOST_THREADS: Final = 128
"""More than one round makes at once: a call that hangs never delays another."""
MOST_REASON: Final = 200


class CallFailure(NamedTuple):
    """A call that failed or timed out, and the reason."""

    reason: str


class PendingCall(Generic[T]):
    """A call in progress."""

    def __init__(self, future: "Future[T]", left: Callable[[], float]) -> None:
        self._future, self._left = future, left

    def get(self, most: float = inf) -> T | CallFailure:
        """Return the result, or the failure: of the call, or for lack of time.

        Wait at most `most` seconds from now, however much time the call has left.
        """
        wait([self._future], timeout=min(most, self._left()))
        if not self._future.done():
            return CallFailure("no answer in time")
        error = self._future.exception()
        return self._future.result() if error is None else _failure(error)

    def result(self) -> T:
        """Return the result for another call that needs it. Raises the error of the call."""
        return self._future.result(self._left())


class PartOfCall(PendingCall[T]):
    """The answer for one key of a call in progress that returns answers and errors by key."""

    def __init__(self, whole: PendingCall[Mapping[K, T | QuorumError]], key: K) -> None:
        self._whole: PendingCall[Any] = whole
        self._key = key

    def get(self, most: float = inf) -> T | CallFailure:
        """Return the answer, or the failure: its own, or of the whole call."""
        answers = self._whole.get(most)
        if isinstance(answers, CallFailure):
            return answers
        answer: T | QuorumError = answers[self._key]
        return _failure(answer) if isinstance(answer, QuorumError) else answer

    def result(self) -> T:
        """Return the answer for another call that needs it. Raises its error."""
        answer: T | QuorumError = self._whole.result()[self._key]
        if isinstance(answer, QuorumError):
            raise answer
        return answer


def _failure(error: BaseException) -> CallFailure:
    reason = redact_start(str(error), MOST_READ)
    return CallFailure(f"{type(error).__name__}: {reason}"[:MOST_REASON])


def call_within(call: Callable[[], T], seconds: float) -> T | CallFailure:
    """Return the result within so many seconds, or the failure, whatever goes wrong."""
    apart = ThreadPoolExecutor(1, thread_name_prefix="attempt")
    try:
        return PendingCall(apart.submit(call), lambda: seconds).get()
    finally:
        apart.shutdown(wait=False)


class ParallelCalls:
    """Run calls in threads of their own, with a deadline for each and a budget for all."""

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

    def start(self, call: Callable[[], T]) -> PendingCall[T]:
        """Start the call in a thread."""
        deadline = min(self._clock() + self._seconds, self._end)
        return PendingCall(self._pool.submit(call), lambda: max(0.0, deadline - self._clock()))

    def close(self) -> None:
        """Cancel calls that have not started; the others end when they time out by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)
