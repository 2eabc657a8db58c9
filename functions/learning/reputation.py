"""A seat whose record is bad is suspended, until a person lifts it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from functions.learning.reputation_rule import unreliable
from quorum.application.equivocation import Suspensions
from quorum.domain.memories import Remembered, SeatOutcome
from quorum.domain.suspensions import Suspension
from quorum.ports.clock import Clock
from quorum.ports.log import Memory

MOST_INCIDENTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Reputation:
    """Reads records from the memory; suspends, and does nothing else."""

    memory: Memory
    suspensions: Suspensions
    now: Clock

    def review(self, outcomes: Iterable[SeatOutcome]) -> list[str]:
        """Look at the seats that were just proved wrong; return those whose record is bad.

        What a person has lifted counts from then on anew. Reviewing again changes nothing. Raises
        StoreUnavailableError.
        """
        wrong = sorted({one.seat for one in outcomes if one.right is False})
        if not wrong:
            return []
        lifted = self.suspensions.reinstated_at()
        past = self.memory.remembered(MOST_INCIDENTS)
        found = {seat: _judged(seat, past, lifted.get(seat, 0.0)) for seat in wrong}
        bad = [seat for seat, judged in found.items() if unreliable(list(judged.values()))]
        for seat in bad:
            self._suspend(seat, found[seat])
        return bad

    def _suspend(self, seat: str, judged: dict[str, bool]) -> None:
        right = sum(judged.values())
        self.suspensions.suspend(
            Suspension(
                seat=seat,
                since=self.now().timestamp(),
                reason=f"it was right in {right} of {len(judged)} incidents that proved it",
                proof=tuple(sorted(incident for incident, well in judged.items() if not well)),
            )
        )


def _judged(seat: str, past: Sequence[Remembered], since: float) -> dict[str, bool]:
    """Return whether it was right, by incident, where that is known; only what ended later."""
    return {
        one.incident_id: outcome.right
        for one in past
        if one.closed_at > since
        for outcome in one.seats
        if outcome.seat == seat and outcome.right is not None
    }
