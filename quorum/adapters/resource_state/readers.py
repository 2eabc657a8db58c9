"""Readers of settings: of one resource with each call, or of many resources of a kind at once."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from quorum.domain.errors import QuorumError, SourceUnavailableError
from quorum.domain.evidence import Scalar

Settings = dict[str, Scalar]
Answer = Settings | None | Exception
"""Settings, None for a resource that does not exist, or the reason why it could not be read."""
Targets = Mapping[str, str | None]
"""Names of resources of one kind, each with the alias to read it by."""
Read = Callable[[str, str | None], Settings | None]
"""From a resource's name and an alias to its settings, or None when it does not exist."""

WORKERS: Final = 16
READ_SECONDS: Final = 25.0
"""Less than the time of one call for evidence: one that hangs costs its own resource alone."""
ODD: Final = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError)
"""Errors of an answer of an odd form, such as a policy that is no JSON."""
EXPECTED: Final = (ClientError, BotoCoreError, QuorumError, *ODD)


class ManyReader(ABC):
    """Reads many resources of a kind with as few requests as the service's API needs."""

    @abstractmethod
    def read(self, targets: Targets) -> Mapping[str, Answer]:
        """Return an answer for each of the names; what goes wrong with one is its own answer."""


class EachReader(ManyReader):
    """Reads one resource after another, or many at the same time."""

    def __init__(self, read: Read, seconds: float = READ_SECONDS) -> None:
        self._read, self._seconds = read, seconds

    def read(self, targets: Targets) -> Mapping[str, Answer]:
        """Return an answer for each of the names."""
        if len(targets) == 1:
            return {name: self._one(name, alias) for name, alias in targets.items()}
        pool = ThreadPoolExecutor(min(WORKERS, len(targets) or 1), thread_name_prefix="settings")
        started = {name: pool.submit(self._one, name, alias) for name, alias in targets.items()}
        wait(started.values(), timeout=self._seconds)
        pool.shutdown(wait=False, cancel_futures=True)
        late = SourceUnavailableError("no answer in time")
        return {
            name: one.result() if one.done() and not one.cancelled() else late
            for name, one in started.items()
        }

    def _one(self, name: str, alias: str | None) -> Answer:
        return attempt(lambda: self._read(name, alias))


def many(reader: Read | ManyReader, seconds: float = READ_SECONDS) -> ManyReader:
    """Return the reader, or one that calls it for each resource within so many seconds."""
    return reader if isinstance(reader, ManyReader) else EachReader(reader, seconds)


def attempt(read: Callable[[], Settings | None]) -> Answer:
    """Return the answer of a call, or its error if that is the service's or one of its answer."""
    try:
        return read()
    except EXPECTED as error:
        return error
