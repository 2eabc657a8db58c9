"""Looking at a resource: read its settings, compare with the last look, remember both.

The inventory looks at everything on a schedule; evidence looks at its scope once more, so that a
change made seconds ago is seen. Evidence stores its look only where it found something: the
schedule stores the others, and an incident does not wait for that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.changes import derive
from quorum.domain.evidence import Change, ResourceState
from quorum.domain.executions import Execution
from quorum.domain.snapshots import Snapshot
from quorum.ports.clock import Clock
from quorum.ports.execution import ExecutionLedger
from quorum.ports.telemetry import Past, SnapshotBook, StateSource

FENCE_LEAD_SECONDS: Final = 60
"""A fence is written this long before its effect shows, at most."""


class Look(NamedTuple):
    """What one look at a resource found."""

    state: ResourceState
    changes: tuple[Change, ...]
    """Since the last look; none at first sight."""
    last: float | None
    """When the last look was, in seconds since 1970; None at first sight."""

    def labelled(self, effects: Sequence[Execution]) -> "Look":
        """Return the look with its changes labelled."""
        return self._replace(changes=labelled(self.changes, effects))


@dataclass(frozen=True, slots=True)
class Inventory:
    """Looks at resources and remembers what it saw."""

    states: StateSource
    book: SnapshotBook
    ledger: ExecutionLedger
    now: Clock

    def look(self, resource: ResourceId, alias: str | None = None) -> Look | None:
        """Read the resource, derive what changed since the last look, and store both.

        Returns None for a resource that does not exist or is not supported. Raises
        SourceUnavailableError or StoreUnavailableError; then the next look finds the same changes.
        """
        at = self.now()
        state = self.states.state(resource, alias)
        if state is None:
            return None
        look = self._compare(state, self.book.newest(resource))
        since = min((c.not_before for c in look.changes), default=None)
        effects = () if since is None else self.effects(datetime.fromtimestamp(since, UTC))
        return self._keep(look.labelled(effects), at)

    def review(
        self, state: ResourceState, past: Past, effects: Sequence[Execution], at: datetime
    ) -> Look:
        """Derive what changed since the last look at the resource; store it if anything did.

        `at` is when the state was asked for: what changes from then on is the next look's, and
        what changed before now may be this one's. Raises StoreUnavailableError.
        """
        look = self._compare(state, past.newest).labelled(effects)
        return self._keep(look, at) if look.changes or look.last is None else look

    def effects(self, since: datetime) -> Sequence[Execution]:
        """Return our own effects that may explain what changed since then."""
        start = max(0, since.timestamp() - FENCE_LEAD_SECONDS)
        return self.ledger.effects_since(datetime.fromtimestamp(start, UTC))

    def _compare(self, state: ResourceState, last: Snapshot | None) -> Look:
        if last is None:
            return Look(state, (), None)
        now = self.now().timestamp()
        found = derive(state.resource, last.settings, state.settings, seen=last.taken_at, now=now)
        return Look(state, found, last.taken_at)

    def _keep(self, look: Look, at: datetime) -> Look:
        state, taken_at = look.state, at.timestamp()
        snapshot = Snapshot(resource=state.resource, taken_at=taken_at, settings=state.settings)
        self.book.put(snapshot, look.changes)
        return look


def labelled(changes: Iterable[Change], effects: Sequence[Execution]) -> tuple[Change, ...]:
    """Return the changes, those that these effects of ours explain labelled as ours."""
    return tuple(
        change.model_copy(update={"ours": True}) if made_by_us(change, effects) else change
        for change in changes
    )


def made_by_us(change: Change, effects: Sequence[Execution]) -> bool:
    """Return whether an effect of the executor's explains the change.

    It does when it was fenced on that resource within the change's time, and wrote the value that
    is there now, or has not said yet what it wrote.
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
