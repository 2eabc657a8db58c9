"""Suspension of seats with a bad track record, until a person reinstates them.

Nothing here can raise a weight. A suspended seat is silent: denominators and the threshold stay, so
one seat fewer can send an incident to a person but authorise nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from quorum.application.equivocation import Suspensions
from quorum.domain.memories import Remembered, SeatOutcome
from quorum.domain.statistics import wilson
from quorum.domain.suspensions import Suspension
from quorum.ports.clock import Clock
from quorum.ports.log import PastIncidents

MAX_INCIDENTS: Final = 1000
MIN_JUDGED: Final = 20
COIN_FLIP: Final = 0.5
"""A seat that is right less often than this is worse than a coin flip."""


@dataclass(frozen=True, slots=True)
class ReputationReview:
    """Review of seats' track records in the memory."""

    memory: PastIncidents
    suspensions: Suspensions
    now: Clock

    def review(self, outcomes: Iterable[SeatOutcome]) -> list[str]:
        """Review the seats just proved wrong; suspend and return the unreliable ones.

        Votes from before a reinstatement do not count. Idempotent. Raises StoreUnavailableError.
        """
        wrong = sorted({one.seat for one in outcomes if one.right is False})
        if not wrong:
            return []
        reinstated = self.suspensions.reinstated_at()
        past = self.memory.remembered(MAX_INCIDENTS)
        judged_by_seat = {
            seat: _judged_votes(seat, past, reinstated.get(seat, 0.0)) for seat in wrong
        }
        bad = [seat for seat, judged in judged_by_seat.items() if unreliable(list(judged.values()))]
        for seat in bad:
            self._suspend(seat, judged_by_seat[seat])
        return bad

    def _suspend(self, seat: str, judged: dict[str, bool]) -> None:
        right = sum(judged.values())
        self.suspensions.suspend(
            Suspension(
                seat=seat,
                since=self.now().timestamp(),
                reason=f"right in {right} of {len(judged)} incidents with a verified outcome",
                proof=tuple(
                    sorted(incident for incident, was_right in judged.items() if not was_right)
                ),
            )
        )


def _judged_votes(seat: str, past: Sequence[Remembered], since: float) -> dict[str, bool]:
    """Return whether the seat was right, by incident; only known ones that closed after `since`."""
    return {
        one.incident_id: outcome.right
        for one in past
        if one.closed_at > since
        for outcome in one.seats
        if outcome.seat == seat and outcome.right is not None
    }


def unreliable(judged: Collection[bool]) -> bool:
    """Return whether the judged votes (True: right) prove the seat right less than half the time.

    It takes MIN_JUDGED of them, and a Wilson interval that lies below one half.
    """
    enough = len(judged) >= MIN_JUDGED
    return enough and wilson(sum(judged), len(judged)).upper < COIN_FLIP
