"""Seats that contradicted themselves or have a bad record: proofs, suspensions, reinstatements.

Consensus and the executor record contradictions in the round that they count. Suspension beyond the
round is for learning alone, which stores the newest suspension of each seat; the API records
reinstatements. A seat's votes are discarded while its newest suspension stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from quorum.application.recorder import Header, Recorder
from quorum.domain.ballot_validation import Contradiction
from quorum.domain.events import IncidentEvent, SeatEquivocated
from quorum.domain.restrictions import ControlChanged
from quorum.domain.suspensions import Suspension
from quorum.ports.voting import ControlLog, Controls

MOST_LIFTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Suspensions:
    """The suspensions of seats, each in force until a person reinstates the seat."""

    controls: Controls
    log: ControlLog

    def in_force(self) -> Mapping[str, Suspension]:
        """Return the suspensions in force, by seat."""
        lifted = self._lifted()
        found = self.controls.suspended().items()
        return {seat: one for seat, one in found if (seat, one.mark()) not in lifted}

    def suspend(self, suspension: Suspension) -> None:
        """Suspend the seat, unless it is suspended or was once reinstated after this very proof."""
        new = (suspension.seat, suspension.mark()) not in self._lifted()
        if new and suspension.seat not in self.in_force():
            self.controls.suspend(suspension)

    def reinstated_at(self) -> Mapping[str, float]:
        """Return each reinstated seat's last reinstatement, in seconds since 1970."""
        changes = sorted(self._lifts(), key=lambda change: change.changed_at)
        since = {change.seat: change.changed_at.timestamp() for change in changes}
        return {**self.controls.formerly_reinstated(), **since}

    def _lifted(self) -> set[tuple[str, str]]:
        return {(change.seat, change.mark) for change in self._lifts()}

    def _lifts(self) -> Sequence[ControlChanged]:
        return [change for change in self.log.recent("seats", MOST_LIFTS) if change.seat]


@dataclass(frozen=True, slots=True)
class Striking:
    """Records contradictions of seats, and lists suspended seats."""

    recorder: Recorder
    suspensions: Suspensions

    def suspended(self) -> dict[str, str]:
        """Return the suspended seats by name, each with its reason."""
        standing = self.suspensions.in_force().items()
        return {seat: f"suspended: {one.reason}" for seat, one in standing}

    def record(self, incident_id: str, round_: int, proofs: Iterable[Contradiction]) -> list[str]:
        """Record each proof once; return the seats, whose votes are discarded in this round."""
        return [self._strike(incident_id, round_, proof) for proof in proofs]

    def _strike(self, incident_id: str, round_: int, found: Contradiction) -> str:
        def build(header: Header, history: Sequence[IncidentEvent]) -> SeatEquivocated | None:
            struck = {(e.seat, e.round) for e in history if isinstance(e, SeatEquivocated)}
            if (found.seat, round_) in struck:
                return None
            said = {"seat": found.seat, "round": round_, "proof": found.proof}
            return SeatEquivocated.model_validate({**header, **said})

        self.recorder.record(incident_id, build)
        return found.seat
