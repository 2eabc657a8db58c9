"""Open keys: one open incident per resource under any races, checked against the log."""

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
from quorum.ports.log import ClosingStore, EventStore, OpeningStore


@dataclass(frozen=True, slots=True)
class EndedIncidents:
    """Lookup of ended incidents in the two stores."""

    openings: OpeningStore
    closings: ClosingStore

    def has(self, incident_id: str, history: Sequence[IncidentEvent]) -> bool:
        """Return whether the incident has ended; without a stored opening its log decides."""
        if self.closings.find(incident_id) is not None:
            return True
        closed = any(isinstance(event, IncidentClosed) for event in history)
        return closed and self.openings.find(incident_id) is None


OPENING_SECONDS: Final = 120
"""Lifetime of keys until the incident is logged: longer than any attempt to open it."""
OPEN_SECONDS: Final = 86_400
"""Lifetime of an open incident's keys; closing releases them earlier."""
ATTEMPTS: Final = 6
"""Less than two seconds in all, so that ten such messages fit the function's timeout."""
BASE_SECONDS: Final = 0.05
CAP_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class OpenKeys:
    """Claims open keys, all or none."""

    store: EventStore
    operations: Operations
    ended: EndedIncidents
    now: Clock
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float], float] = lambda cap: random.uniform(0, cap)  # noqa: S311

    def claim(self, keys: Iterable[str], incident_id: str) -> str:
        """Claim all keys and return `incident_id`, or return the open incident that holds one.

        A closed incident's key is taken over. While another environment is opening the holder, this
        waits; it raises ConcurrencyConflictError when that takes too long.
        """
        wanted = sorted(set(keys))
        for attempt in range(ATTEMPTS):
            holder = self._claim_all(wanted, incident_id)
            if holder is not None:
                return holder
            self.sleep(self.jitter(min(CAP_SECONDS, BASE_SECONDS * 2**attempt)))
        raise ConcurrencyConflictError(f"another delivery is still opening {', '.join(wanted)}")

    def keep(self, incident_id: str, own: Iterable[str], edges: Iterable[str]) -> None:
        """Extend an open incident's keys: resources while open, edges within the window."""
        for keys, seconds in ((own, OPEN_SECONDS), (edges, RELATED_WINDOW_SECONDS)):
            for key in keys:
                self._claim_one(key, incident_id, seconds)

    def _claim_all(self, keys: Sequence[str], incident_id: str) -> str | None:
        for count, key in enumerate(keys):
            holder = self._claim_one(key, incident_id, OPENING_SECONDS)
            if holder != incident_id:
                self.operations.release(incident_id, keys[:count])
                return holder if self.store.load(holder) else None
        return incident_id

    def _claim_one(self, key: str, incident_id: str, seconds: int) -> str:
        until = self.now() + timedelta(seconds=seconds)
        holder = self.operations.hold(key, incident_id, until)
        if holder != incident_id and self.ended.has(holder, self.store.load(holder)):
            self.operations.release(holder, [key])
            holder = self.operations.hold(key, incident_id, until)
        return holder
