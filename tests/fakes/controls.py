"""What holds until a person says otherwise, in memory."""

from collections.abc import Mapping
from datetime import datetime

from functions.shared.domain.errors import RefusedError
from functions.shared.ports import Suspension


class InMemoryControls:
    """A `Controls`."""

    def __init__(self) -> None:
        self._suspended: dict[str, Suspension] = {}
        self._lifted_proofs: set[tuple[str, tuple[str, ...]]] = set()
        self.lifted: dict[str, tuple[Suspension, str, str, datetime]] = {}

    def suspended(self) -> Mapping[str, Suspension]:
        """Return the suspended seats by name."""
        return dict(self._suspended)

    def lifted_at(self) -> Mapping[str, float]:
        """Return when the suspension of each seat was lifted that was."""
        return {
            seat: at.timestamp()
            for seat, (_, _, _, at) in self.lifted.items()
            if seat not in self._suspended
        }

    def suspend(self, suspension: Suspension) -> None:
        """Suspend the seat, unless it is suspended, or was ever lifted from this very proof."""
        if (suspension.seat, suspension.proof) not in self._lifted_proofs:
            self._suspended.setdefault(suspension.seat, suspension)

    def lift(self, seat: str, by: str, reason: str, at: datetime) -> None:
        """Let the seat weigh again. Raises RefusedError when it is not suspended."""
        if seat not in self._suspended:
            raise RefusedError(f"{seat} is not suspended")
        self._lifted_proofs.add((seat, self._suspended[seat].proof))
        self.lifted[seat] = (self._suspended.pop(seat), by, reason, at)
