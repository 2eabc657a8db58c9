"""Suspension of seats that signed two votes, after verifying the proof in the log again."""

from dataclasses import dataclass

from quorum.application.equivocation import Suspensions
from quorum.application.stream_notifications import parse_notification, read_to_head
from quorum.domain.ballot_validation import Admitted, contradiction, verify_vote
from quorum.domain.events import SeatEquivocated
from quorum.domain.seats import SEATS
from quorum.domain.suspensions import Suspension
from quorum.ports.clock import Clock
from quorum.ports.log import EventStore
from quorum.ports.voting import Verifier


@dataclass(frozen=True, slots=True)
class EquivocationReview:
    """Suspends the seats that logged proofs convict; an invalid proof changes nothing."""

    store: EventStore
    suspensions: Suspensions
    verifier: Verifier
    now: Clock

    def review(self, data: bytes) -> list[str]:
        """Return the seats whose contradiction the record's incident proves.

        Raises InvalidInputError for a record of another format, and StoreUnavailableError.
        """
        history = read_to_head(self.store, parse_notification(data))
        logged = [event for event in history if isinstance(event, SeatEquivocated)]
        proved = [event for event in logged if self._proves(event)]
        for event in proved:
            self.suspensions.suspend(
                Suspension(
                    seat=event.seat,
                    since=self.now().timestamp(),
                    reason=f"signed two different votes in incident {event.incident_id[:8]}",
                    proof=event.proof,
                )
            )
        return sorted({event.seat for event in proved})

    def _proves(self, event: SeatEquivocated) -> bool:
        admitted = [verify_vote(text, SEATS, self.verifier.objection) for text in event.proof]
        own = [a for a in admitted if isinstance(a, Admitted) and a.vote.seat == event.seat]
        return contradiction(own, event.incident_id, event.round) is not None
