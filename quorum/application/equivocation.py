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

MOST_REINSTATEMENTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Suspensions:
    """The suspensions of seats, each in force until a person reinstates the seat."""

    controls: Controls
    log: ControlLog

    def in_force(self) -> Mapping[str, Suspension]:
        """Return the suspensions in force, by seat."""
        reinstated = self._reinstated()
        suspensions = self.controls.suspended().items()
        return {seat: s for seat, s in suspensions if (seat, s.mark()) not in reinstated}

    def suspend(self, suspension: Suspension) -> None:
        """Suspend the seat, unless it is suspended or was once reinstated after this very proof."""
        never_reinstated = (suspension.seat, suspension.mark()) not in self._reinstated()
        if never_reinstated and suspension.seat not in self.in_force():
            self.controls.suspend(suspension)

    def reinstated_at(self) -> Mapping[str, float]:
        """Return each reinstated seat's last reinstatement, in seconds since 1970."""
        changes = sorted(self._reinstatements(), key=lambda change: change.changed_at)
        since = {change.seat: change.changed_at.timestamp() for change in changes}
        return {**self.controls.formerly_reinstated(), **since}

    def _reinstated(self) -> set[tuple[str, str]]:
        return {(change.seat, change.mark) for change in self._reinstatements()}

    def _reinstatements(self) -> Sequence[ControlChanged]:
        return [change for change in self.log.recent("seats", MOST_REINSTATEMENTS) if change.seat]


@dataclass(frozen=True, slots=True)
class EquivocationRecords:
    """Records contradictions of seats, and lists suspended seats."""

    recorder: Recorder
    suspensions: Suspensions

    def suspended(self) -> dict[str, str]:
        """Return the suspended seats by name, each with its reason."""
        suspensions = self.suspensions.in_force().items()
        return {seat: f"suspended: {suspension.reason}" for seat, suspension in suspensions}

    def record(self, incident_id: str, round_: int, proofs: Iterable[Contradiction]) -> list[str]:
        """Record each proof once; return the seats, whose votes are discarded in this round."""
        return [self._record(incident_id, round_, proof) for proof in proofs]

    def _record(self, incident_id: str, round_: int, contradiction: Contradiction) -> str:
        def build(header: Header, history: Sequence[IncidentEvent]) -> SeatEquivocated | None:
            recorded = {(e.seat, e.round) for e in history if isinstance(e, SeatEquivocated)}
            if (contradiction.seat, round_) in recorded:
                return None
            content = {"seat": contradiction.seat, "round": round_, "proof": contradiction.proof}
            return SeatEquivocated.model_validate({**header, **content})

        self.recorder.record(incident_id, build)
        return contradiction.seat
