"""The inventory's snapshots in memory."""

from collections.abc import Sequence
from datetime import datetime

from quorum.domain.evidence import Change
from quorum.domain.snapshots import Snapshot
from quorum.ports.telemetry import Past


class InMemorySnapshotStore:
    """A `SnapshotStore`."""

    def __init__(self) -> None:
        self._newest: dict[str, Snapshot] = {}
        self._changes: dict[str, dict[str, Change]] = {}

    def newest(self, resource: str) -> Snapshot | None:
        """Return the resource's newest snapshot."""
        return self._newest.get(resource)

    def put(self, snapshot: Snapshot, changes: Sequence[Change]) -> None:
        """Store the snapshot as the newest, with the changes; an older one changes nothing."""
        newest = self._newest.get(snapshot.resource)
        if newest is not None and newest.taken_at > snapshot.taken_at:
            return
        self._newest[snapshot.resource] = snapshot
        known = self._changes.setdefault(snapshot.resource, {})
        known.update({change.id: change for change in changes})

    def past(self, resource: str, since: datetime) -> Past:
        """Return the resource's newest snapshot and its changes since then."""
        known = self._changes.get(resource, {}).values()
        recent = (c for c in known if c.at >= since.timestamp())
        return Past(self.newest(resource), sorted(recent, key=lambda c: (c.at, c.id)))
