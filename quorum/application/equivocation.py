"""Seats that contradicted themselves, or were wrong too often: struck, suspended, lifted.

Whoever counts a round strikes in it what its votes prove. Suspending beyond the round is for
learning alone, which keeps the newest suspension of each seat; that a person lifted one is the
API's to record. A seat weighs nothing while its newest suspension is not lifted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from quorum.application.recorder import Header, Recorder
from quorum.domain.ballot_validation import Contradiction
from quorum.domain.events import IncidentEvent, SeatStruck
from quorum.domain.restrictions import ControlChanged
from quorum.domain.suspensions import Suspension
from quorum.ports.voting import ControlLog, Controls

MOST_LIFTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Suspensions:
    """Which seats weigh nothing until a person lets them."""

    controls: Controls
    log: ControlLog

    def standing(self) -> Mapping[str, Suspension]:
        """Return the suspensions that nobody lifted, by seat."""
        lifted = self._lifted()
        found = self.controls.suspended().items()
        return {seat: one for seat, one in found if (seat, one.mark()) not in lifted}

    def suspend(self, suspension: Suspension) -> None:
        """Suspend the seat, unless it is suspended, or was ever lifted from this very proof."""
        new = (suspension.seat, suspension.mark()) not in self._lifted()
        if new and suspension.seat not in self.standing():
            self.controls.suspend(suspension)

    def lifted_at(self) -> Mapping[str, float]:
        """Return when each seat was last lifted that was, in seconds since 1970."""
        changes = sorted(self._lifts(), key=lambda change: change.changed_at)
        since = {change.seat: change.changed_at.timestamp() for change in changes}
        return {**self.controls.lifted_before(), **since}

    def _lifted(self) -> set[tuple[str, str]]:
        return {(change.seat, change.mark) for change in self._lifts()}

    def _lifts(self) -> Sequence[ControlChanged]:
        return [change for change in self.log.recent("seats", MOST_LIFTS) if change.seat]


@dataclass(frozen=True, slots=True)
class Striking:
    """Strikes seats; whoever finds a contradiction does so."""

    recorder: Recorder
    suspensions: Suspensions

    def out(self) -> dict[str, str]:
        """Return why seats weigh nothing, by name: those suspended until a person lifts it."""
        standing = self.suspensions.standing().items()
        return {seat: f"suspended: {one.reason}" for seat, one in standing}

    def strike(self, incident_id: str, round_: int, proofs: Iterable[Contradiction]) -> list[str]:
        """Record the proofs, each once; return the seats, which weigh nothing in this round."""
        return [self._strike(incident_id, round_, proof) for proof in proofs]

    def _strike(self, incident_id: str, round_: int, found: Contradiction) -> str:
        def build(header: Header, history: Sequence[IncidentEvent]) -> SeatStruck | None:
            struck = {(e.seat, e.round) for e in history if isinstance(e, SeatStruck)}
            if (found.seat, round_) in struck:
                return None
            said = {"seat": found.seat, "round": round_, "proof": found.proof}
            return SeatStruck.model_validate({**header, **said})

        self.recorder.record(incident_id, build)
        return found.seat
