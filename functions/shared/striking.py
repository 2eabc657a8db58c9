"""A seat that contradicts itself: the proof is kept as a fact, and the seat suspended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from functions.shared.domain.envelopes import Contradiction
from functions.shared.domain.events import IncidentEvent, SeatStruck
from functions.shared.ports import Clock, Controls, Suspension
from functions.shared.recording import Header, Recorder


@dataclass(frozen=True, slots=True)
class Striking:
    """Strikes seats; whoever finds a contradiction does so."""

    recorder: Recorder
    controls: Controls
    now: Clock

    def out(self) -> dict[str, str]:
        """Return why seats weigh nothing, by name: those suspended until a person lifts it."""
        return {name: f"suspended: {s.reason}" for name, s in self.controls.suspended().items()}

    def strike(self, incident_id: str, round_: int, proofs: Iterable[Contradiction]) -> list[str]:
        """Record the proofs and suspend the seats, each once; return the seats."""
        return [self._strike(incident_id, round_, proof) for proof in proofs]

    def _strike(self, incident_id: str, round_: int, found: Contradiction) -> str:
        def build(header: Header, history: Sequence[IncidentEvent]) -> SeatStruck | None:
            struck = {(e.seat, e.round) for e in history if isinstance(e, SeatStruck)}
            if (found.seat, round_) in struck:
                return None
            said = {"seat": found.seat, "round": round_, "proof": found.proof}
            return SeatStruck.model_validate({**header, **said})

        self.recorder.record(incident_id, build)
        self.controls.suspend(
            Suspension(
                seat=found.seat,
                since=self.now().timestamp(),
                reason=f"it signed two votes in incident {incident_id[:8]}",
                proof=found.proof,
            )
        )
        return found.seat
