"""Breakers in memory."""

from threading import Lock

from quorum.domain.breaker_state import BreakerState


class InMemoryBreakerStore:
    """A `BreakerStore`; `reads` and `writes` count."""

    def __init__(self) -> None:
        self._states: dict[str, BreakerState] = {}
        self._lock = Lock()
        self.reads = self.writes = 0

    def read(self, name: str) -> BreakerState:
        """Return the breaker's state; a closed one when it is new."""
        self.reads += 1
        return self._stored(name)

    def swap(self, name: str, state: BreakerState) -> bool:
        """Store the state if the stored revision is the one before it; return whether."""
        with self._lock:
            if self._stored(name).revision != state.revision - 1:
                return False
            self._states[name] = state
            self.writes += 1
            return True

    def _stored(self, name: str) -> BreakerState:
        return self._states.get(name, BreakerState())
