"""A seat that signed two votes is suspended: the proof is in the log, and verified again here."""

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
class Struck:
    """Suspends what the facts prove; a fact that proves nothing changes nothing."""

    store: EventStore
    suspensions: Suspensions
    verifier: Verifier
    now: Clock

    def review(self, data: bytes) -> list[str]:
        """Return the seats whose contradiction the record's incident proves.

        Raises InvalidInputError for a record that is none of ours, StoreUnavailableError.
        """
        history = read_to_head(self.store, parse_notification(data))
        struck = [fact for fact in history if isinstance(fact, SeatEquivocated)]
        proved = [fact for fact in struck if self._proves(fact)]
        for fact in proved:
            self.suspensions.suspend(
                Suspension(
                    seat=fact.seat,
                    since=self.now().timestamp(),
                    reason=f"it signed two votes in incident {fact.incident_id[:8]}",
                    proof=fact.proof,
                )
            )
        return sorted({fact.seat for fact in proved})

    def _proves(self, fact: SeatEquivocated) -> bool:
        found = [verify_vote(text, SEATS, self.verifier.objection) for text in fact.proof]
        own = [one for one in found if isinstance(one, Admitted) and one.vote.seat == fact.seat]
        return contradiction(own, fact.incident_id, fact.round) is not None
