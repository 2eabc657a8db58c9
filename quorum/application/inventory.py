"""The inventory: read a resource's settings, compare with its last snapshot, store both.

The inventory reads all resources on a schedule. Evidence reads its scope again, so that a change
made seconds ago is seen. Evidence stores its snapshot only where it detected a change; the schedule
stores the others, and an incident does not wait for that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.changes import derive_changes
from quorum.domain.evidence import Change, ResourceState
from quorum.domain.executions import Execution
from quorum.domain.snapshots import Snapshot
from quorum.ports.clock import Clock
from quorum.ports.execution import ExecutionLedger
from quorum.ports.telemetry import Past, SnapshotStore, StateSource

FENCE_LEAD_SECONDS: Final = 60
"""Maximum time between writing a fence and seeing its effect."""


class ResourceDiff(NamedTuple):
    """The current state of a resource and its changes since the last snapshot."""

    state: ResourceState
    changes: tuple[Change, ...]
    """Changes since the last snapshot; empty without one."""
    last: float | None
    """The time of the last snapshot in seconds since 1970, or None without one."""

    def labelled(self, effects: Sequence[Execution]) -> "ResourceDiff":
        """Return the result with its changes labelled as ours or not."""
        return self._replace(changes=labelled(self.changes, effects))


@dataclass(frozen=True, slots=True)
class Inventory:
    """Reads resources, derives their changes and stores both."""

    states: StateSource
    book: SnapshotStore
    ledger: ExecutionLedger
    now: Clock

    def observe(self, resource: ResourceId, alias: str | None = None) -> ResourceDiff | None:
        """Read the resource, derive its changes since the last snapshot, and store both.

        Returns None for a resource that does not exist or is not supported. Raises
        SourceUnavailableError or StoreUnavailableError; then the next call finds the same changes.
        """
        at = self.now()
        state = self.states.state(resource, alias)
        return None if state is None else self.record(state, at)

    def record(self, state: ResourceState, at: datetime) -> ResourceDiff:
        """Derive the changes since the resource's last snapshot, and store both.

        `at` is the time at which the state was requested. Raises StoreUnavailableError; then the
        next call finds the same changes.
        """
        diff = self._compare(state, self.book.newest(state.resource))
        since = min((c.not_before for c in diff.changes), default=None)
        effects = () if since is None else self.effects(datetime.fromtimestamp(since, UTC))
        return self._keep(diff.labelled(effects), at)

    def compare(
        self, state: ResourceState, past: Past, effects: Sequence[Execution], at: datetime
    ) -> ResourceDiff:
        """Derive the resource's changes since the last snapshot; store them if there are any.

        `at` is the time at which the state was requested: later changes belong to the next
        snapshot, earlier ones may belong to this one. Raises StoreUnavailableError.
        """
        diff = self._compare(state, past.newest).labelled(effects)
        return self._keep(diff, at) if diff.changes or diff.last is None else diff

    def effects(self, since: datetime) -> Sequence[Execution]:
        """Return Quorum's own effects that may explain changes since then."""
        start = max(0, since.timestamp() - FENCE_LEAD_SECONDS)
        return self.ledger.effects_since(datetime.fromtimestamp(start, UTC))

    def _compare(self, state: ResourceState, last: Snapshot | None) -> ResourceDiff:
        if last is None:
            return ResourceDiff(state, (), None)
        now = self.now().timestamp()
        changes = derive_changes(
            state.resource, last.settings, state.settings, seen=last.taken_at, now=now
        )
        return ResourceDiff(state, changes, last.taken_at)

    def _keep(self, diff: ResourceDiff, at: datetime) -> ResourceDiff:
        state, taken_at = diff.state, at.timestamp()
        snapshot = Snapshot(resource=state.resource, taken_at=taken_at, settings=state.settings)
        self.book.put(snapshot, diff.changes)
        return diff


def labelled(changes: Iterable[Change], effects: Sequence[Execution]) -> tuple[Change, ...]:
    """Return the changes, with those labelled as ours that one of these effects explains."""
    return tuple(
        change.model_copy(update={"ours": True}) if made_by_quorum(change, effects) else change
        for change in changes
    )


def made_by_quorum(change: Change, effects: Sequence[Execution]) -> bool:
    """Return whether one of the executor's effects explains the change.

    It does if it was fenced on that resource within the time of the change, and either wrote the
    current value or has not recorded yet what it wrote.
    """
    return any(
        effect.resource == change.resource
        and change.not_before - FENCE_LEAD_SECONDS <= effect.started_at <= change.at
        and (
            change.after in effect.written.values()
            or (effect.state == "started" and not effect.written)
        )
        for effect in effects
    )
