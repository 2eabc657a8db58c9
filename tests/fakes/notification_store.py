"""Deliveries to people, in memory."""

from collections.abc import Sequence

from quorum.domain.errors import QuorumError
from quorum.domain.incident_records import Notified


class InMemoryNotificationStore:
    """A `NotificationStore`. Set `error` to have every call raise it."""

    def __init__(self) -> None:
        self.error: QuorumError | None = None
        self._deliveries: dict[tuple[str, str, str, str, int], Notified] = {}

    def put(self, delivery: Notified) -> None:
        """Store it, once per channel, kind, round and what it is about."""
        self._raise()
        one = delivery
        key = (one.incident_id, one.about, one.message, one.channel, one.round)
        self._deliveries.setdefault(key, delivery)

    def of(self, incident_id: str) -> Sequence[Notified]:
        """Return the incident's deliveries, oldest first."""
        self._raise()
        found = [one for one in self._deliveries.values() if one.incident_id == incident_id]
        return sorted(found, key=lambda one: one.at)

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error
