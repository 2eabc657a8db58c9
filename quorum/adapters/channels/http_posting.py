"""POST with a JSON body, tried again for a while when the other side asks for time."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from quorum.domain.errors import ChannelUnavailableError

TIMEOUT: Final = Timeout(connect=2, read=5)
WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 4.0
BUSY: Final = 429
BROKEN: Final = 500
LONGEST_ANSWER: Final = 65_536
"""Bytes of an answer that are read: a status is all that is wanted."""
HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "quorum"}


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts. It backs off exponentially, with full jitter, or as long as it is told to."""

    pool: PoolManager
    attempts: int
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float], float] = lambda cap: random.uniform(0, cap)  # noqa: S311

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, to: str) -> "Answered":
        """Return the answer, whatever it says, unless it is 429 or 5xx until the last attempt.

        Raises ChannelUnavailableError that names `to`, never the address: it may be a secret.
        """
        problem, wait = "", 0.0
        for attempt in range(self.attempts):
            if attempt:
                self.sleep(wait)
            wait = self.jitter(WAIT_SECONDS * 2**attempt)
            try:
                answer = self._once(url, body, headers)
            except HTTPError as error:
                problem = type(error).__name__
                continue
            if answer.status != BUSY and answer.status < BROKEN:
                return answer
            problem, wait = f"HTTP {answer.status}", _asked(answer, wait)
        raise ChannelUnavailableError(f"{to}: {problem}, in {self.attempts} attempts")

    def _once(self, url: str, body: bytes, headers: Mapping[str, str]) -> "Answered":
        answer = self.pool.request(
            "POST",
            url,
            body=body,
            headers={**HEADERS, **headers},
            timeout=TIMEOUT,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            return Answered(answer.status, answer.headers, answer.read(LONGEST_ANSWER) or b"")
        finally:
            answer.close()  # whatever is left of it: a connection is not worth an endless answer


class Answered(NamedTuple):
    """What the other side said: no more of it than is worth keeping."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def _asked(answer: Answered, otherwise: float) -> float:
    """Return how long the other side wants us to wait, within what a message can wait."""
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_WAIT_SECONDS) if asked.isdigit() else otherwise
