"""One open incident per resource, whatever races: the open keys, checked against the log."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from quorum.domain.constants import RELATED_WINDOW_SECONDS
from quorum.domain.errors import ConcurrencyConflictError
from quorum.domain.events import IncidentClosed, IncidentEvent
from quorum.ports.clock import Clock
from quorum.ports.execution import Operations
from quorum.ports.log import ClosingBook, EventStore, OpeningBook


@dataclass(frozen=True, slots=True)
class EndedIncidents:
    """Asks the two books."""

    openings: OpeningBook
    closings: ClosingBook

    def has(self, incident_id: str, history: Sequence[IncidentEvent]) -> bool:
        """Return whether it has. Of an incident of before intake kept openings the log tells."""
        if self.closings.find(incident_id) is not None:
            return True
        told = any(isinstance(fact, IncidentClosed) for fact in history)
        return told and self.openings.find(incident_id) is None


OPENING_SECONDS: Final = 120
"""How long keys are held before the incident is in the log: longer than any attempt to open it."""
OPEN_SECONDS: Final = 86_400
"""How long an open incident holds its resources; closing releases them before."""
ATTEMPTS: Final = 6
"""Less than two seconds in all, so that ten such messages still fit the function's time."""
BASE_SECONDS: Final = 0.05
CAP_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class OpenKeys:
    """Takes open keys, all or none."""

    store: EventStore
    operations: Operations
    ended: EndedIncidents
    now: Clock
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float], float] = lambda cap: random.uniform(0, cap)  # noqa: S311

    def claim(self, keys: Iterable[str], incident_id: str) -> str:
        """Take all keys and return `incident_id`, or return the open incident that has one.

        A key of a closed incident is taken over. While another environment is opening the holder,
        this waits; it raises ConcurrencyConflictError when that takes too long.
        """
        wanted = sorted(set(keys))
        for attempt in range(ATTEMPTS):
            holder = self._take(wanted, incident_id)
            if holder is not None:
                return holder
            self.sleep(self.jitter(min(CAP_SECONDS, BASE_SECONDS * 2**attempt)))
        raise ConcurrencyConflictError(f"somebody else is still opening {', '.join(wanted)}")

    def keep(self, incident_id: str, own: Iterable[str], edges: Iterable[str]) -> None:
        """Hold an open incident's keys: resources while it is open, edges within the window."""
        for keys, seconds in ((own, OPEN_SECONDS), (edges, RELATED_WINDOW_SECONDS)):
            for key in keys:
                self._hold(key, incident_id, seconds)

    def _take(self, keys: Sequence[str], incident_id: str) -> str | None:
        for count, key in enumerate(keys):
            holder = self._hold(key, incident_id, OPENING_SECONDS)
            if holder != incident_id:
                self.operations.release(incident_id, keys[:count])
                return holder if self.store.load(holder) else None
        return incident_id

    def _hold(self, key: str, incident_id: str, seconds: int) -> str:
        until = self.now() + timedelta(seconds=seconds)
        holder = self.operations.hold(key, incident_id, until)
        if holder != incident_id and self.ended.has(holder, self.store.load(holder)):
            self.operations.release(holder, [key])
            holder = self.operations.hold(key, incident_id, until)
        return holder
