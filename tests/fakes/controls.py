"""The newest suspension of each seat, in memory."""

from collections.abc import Mapping

from quorum.domain.suspensions import Suspension


class InMemoryControls:
    """A `Controls`."""

    def __init__(self) -> None:
        self._suspended: dict[str, Suspension] = {}
        self.before: dict[str, float] = {}
        """Times at which a former version reinstated seats; set by tests alone."""

    def suspended(self) -> Mapping[str, Suspension]:
        """Return the newest suspension of each seat by name."""
        return dict(self._suspended)

    def formerly_reinstated(self) -> Mapping[str, float]:
        """Return when a former version lifted seats."""
        return dict(self.before)

    def suspend(self, suspension: Suspension) -> None:
        """Store it as the seat's newest suspension."""
        self._suspended[suspension.seat] = suspension
