"""Looking at a resource: read its settings, compare with the last look, remember both.

The inventory looks at everything on a schedule; evidence looks at its scope once more, so that a
change made seconds ago is seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from functions.shared.domain.changes import derive
from functions.shared.domain.evidence import Change, ResourceState
from functions.shared.domain.model import ResourceId
from functions.shared.ports import (
    Clock,
    Execution,
    ExecutionLedger,
    Snapshot,
    SnapshotBook,
    StateSource,
)

FENCE_LEAD_SECONDS: Final = 60
"""A fence is written this long before its effect shows, at most."""


class Look(NamedTuple):
    """What one look at a resource found."""

    state: ResourceState
    changes: tuple[Change, ...]
    """Since the last look; none at first sight."""
    last: float | None
    """When the last look was, in seconds since 1970; None at first sight."""


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
        return None if state is None else self.compare(state, at)

    def compare(self, state: ResourceState, at: datetime) -> Look:
        """Derive what changed since the last look at the resource, and store this one.

        `at` is when the state was asked for: what changes from then on is the next look's, and
        what changed before now may be this one's. Raises StoreUnavailableError.
        """
        now = self.now().timestamp()
        last = self.book.newest(state.resource)
        changes = self._changes(last, state, now) if last else ()
        taken_at = at.timestamp()
        snapshot = Snapshot(resource=state.resource, taken_at=taken_at, settings=state.settings)
        self.book.put(snapshot, changes)
        return Look(state, changes, last.taken_at if last else None)

    def label(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Return the changes, those that Quorum itself made labelled as ours."""
        found = tuple(changes)
        if not found:
            return ()
        since = min(change.not_before for change in found) - FENCE_LEAD_SECONDS
        effects = self.ledger.effects_since(datetime.fromtimestamp(max(0, since), UTC))
        return tuple(
            change.model_copy(update={"ours": True}) if made_by_us(change, effects) else change
            for change in found
        )

    def _changes(self, last: Snapshot, state: ResourceState, now: float) -> tuple[Change, ...]:
        found = derive(state.resource, last.settings, state.settings, seen=last.taken_at, now=now)
        return self.label(found)


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
