"""HTTP POST with a JSON body, retried on 429, 5xx and connection errors."""

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
"""Maximum bytes of a response that are read: only its status matters."""
HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "quorum"}


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts with exponential back-off and full jitter, or with the delay of Retry-After."""

    pool: PoolManager
    attempts: int
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float], float] = lambda cap: random.uniform(0, cap)  # noqa: S311

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, to: str) -> "HttpReply":
        """Return the first response that is neither 429 nor 5xx.

        Raises ChannelUnavailableError after the last attempt; it names `to` and never the address,
        which may be a secret.
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
            problem, wait = f"HTTP {answer.status}", _retry_after(answer, wait)
        raise ChannelUnavailableError(f"{to}: {problem}, in {self.attempts} attempts")

    def _once(self, url: str, body: bytes, headers: Mapping[str, str]) -> "HttpReply":
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
            return HttpReply(answer.status, answer.headers, answer.read(LONGEST_ANSWER) or b"")
        finally:
            answer.close()  # do not read the rest: it could be endless


class HttpReply(NamedTuple):
    """A response, with at most LONGEST_ANSWER bytes of its body."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def _retry_after(answer: HttpReply, otherwise: float) -> float:
    """Return the seconds of the Retry-After header, at most LONGEST_WAIT_SECONDS."""
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_WAIT_SECONDS) if asked.isdigit() else otherwise
