"""Environments that share a breaker, and the dependency that they call."""

from typing import Final

from quorum.application.circuit_breaker import (
    Breaker,
    call_through,
)
from quorum.domain.errors import (
    BreakerOpenError,
    ModelUnavailableError,
    QuorumError,
    SourceUnavailableError,
)
from tests.fakes import FakeClock, InMemoryBreakerStore

MODEL: Final = "model"


class World:
    """Environments that share a breaker, and the dependency that they call."""

    def __init__(self, environments: int = 3) -> None:
        self.clock, self.store = FakeClock(), InMemoryBreakerStore()
        self.breakers = [Breaker(MODEL, self.store, now=self.clock) for _ in range(environments)]
        self.calls = 0

    def ask(self, error: BaseException | None = None, by: int = 0) -> str:
        """Call once; return `ok`, `open`, or the error's name."""
        try:
            return call_through(self.breakers[by], lambda: self._depend(error))
        except BreakerOpenError:
            return "open"
        except QuorumError as raised:
            return type(raised).__name__

    def break_it(self) -> None:
        """Have the dependency fail until the breaker is open."""
        for n in range(5):
            self.ask(ModelUnavailableError("down"), by=n % len(self.breakers))

    def _depend(self, error: BaseException | None) -> str:
        self.calls += 1
        if error is not None:
            raise error
        return "ok"


DOWN: Final = SourceUnavailableError("down")
