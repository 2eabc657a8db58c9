"""Changes of controls in memory."""

from collections.abc import Sequence

from quorum.domain.errors import ConcurrencyConflictError, QuorumError
from quorum.domain.restrictions import Control, ControlChanged


class InMemoryControlLog:
    """A `ControlLog`. Set `error` to have every call raise it."""

    def __init__(self) -> None:
        self._changes: dict[Control, list[ControlChanged]] = {}
        self.error: QuorumError | None = None

    def newest(self, control: Control) -> ControlChanged | None:
        """Return the control's newest change; None when it was never changed."""
        return next(iter(self.recent(control, 1)), None)

    def append(self, change: ControlChanged) -> None:
        """Add the change, unless its version is taken."""
        changes = self._changes.setdefault(change.control, [])
        if change.version <= len(changes):
            raise ConcurrencyConflictError(f"{change.version} is taken")
        changes.append(change)

    def recent(self, control: Control, limit: int) -> Sequence[ControlChanged]:
        """Return the newest changes, newest first."""
        if self.error is not None:
            raise self.error
        return self._changes.get(control, [])[::-1][:limit]
