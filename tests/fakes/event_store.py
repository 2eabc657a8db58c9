"""The log in memory, and shims that do to a store what networks and replicas do."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from quorum.domain.errors import ConcurrencyConflictError, StoreUnavailableError
from quorum.domain.events import INCIDENT_EVENT, IncidentEvent, IncidentOpened
from quorum.ports.log import EventStore


class InMemoryEventStore:
    """An `EventStore`. Events are kept as JSON, so that what comes out was serialised once."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, tuple[str, bytes]]] = {}
        self._lock = Lock()

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's events, oldest first."""
        with self._lock:
            rows = sorted(self._rows.get(incident_id, {}).items())
        return [INCIDENT_EVENT.validate_json(body) for _, (_, body) in rows]

    def append(self, event: IncidentEvent) -> None:
        """Add the event, unless its version is another's."""
        row = (event.event_id, INCIDENT_EVENT.dump_json(event))
        with self._lock:
            stored = self._rows.setdefault(event.incident_id, {}).setdefault(event.version, row)
        if stored[0] != event.event_id:
            raise ConcurrencyConflictError(f"version {event.version} is taken")

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return the IncidentOpened events since then, newest first."""
        facts = [fact for incident_id in list(self._rows) for fact in self.load(incident_id)]
        opened = [f for f in facts if isinstance(f, IncidentOpened) and f.occurred_at >= since]
        return sorted(opened, key=lambda fact: fact.occurred_at, reverse=True)


class LostResponses:
    """An `EventStore` whose next `losses` appends happen, and are not confirmed."""

    def __init__(self, store: EventStore, losses: int = 1) -> None:
        self._store, self.losses = store, losses

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return what the store returns."""
        return self._store.load(incident_id)

    def append(self, event: IncidentEvent) -> None:
        """Append, and perhaps raise StoreUnavailableError all the same."""
        self._store.append(event)
        if self.losses > 0:
            self.losses -= 1
            raise StoreUnavailableError("the response was lost")

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return what the store returns."""
        return self._store.opened_since(since)


class StaleReads:
    """An `EventStore` that shows the log without its newest `behind` events."""

    def __init__(self, store: EventStore, behind: int = 1, reads: int = 1) -> None:
        self._store, self._behind, self.reads = store, behind, reads

    def load(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return a prefix of the log for the first `reads` loads, then all of it."""
        history = self._store.load(incident_id)
        if self.reads <= 0:
            return history
        self.reads -= 1
        return history[: max(0, len(history) - self._behind)]

    def append(self, event: IncidentEvent) -> None:
        """Append."""
        self._store.append(event)

    def opened_since(self, since: datetime) -> Sequence[IncidentEvent]:
        """Return what the store returns."""
        return self._store.opened_since(since)
