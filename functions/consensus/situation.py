"""What a decision rests on besides its votes, and when that is a healthy system."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quorum.domain.autonomy import Rule
from quorum.domain.base import Digest
from quorum.domain.evidence import Bundle
from quorum.domain.incident_records import Opening
from quorum.domain.restrictions import Restriction
from quorum.domain.seats import Seat
from quorum.domain.votes import HEALTHY, Vote


@dataclass(frozen=True, slots=True)
class Situation:
    """This round's evidence, how the incident opened, what is allowed, and who votes."""

    bundle: Bundle
    evidence: Digest
    opening: Opening | None
    """None for an incident of before intake kept it: then nothing is autonomous."""
    taken_over: bool
    rules: tuple[Rule, ...]
    restrictions: tuple[Restriction, ...]
    """What people hold back at the moment."""
    seats: Sequence[Seat]


def healthy(votes: Iterable[Vote], situation: Situation) -> bool:
    """Return whether this may be dismissed: every detection seat says *healthy*, on whole evidence.

    No data is never evidence of health, so metrics must be there; and an alarm that keeps coming
    back is for a person.
    """
    detection = {seat.name for seat in situation.seats if seat.role == "detection"}
    said = {vote.seat for vote in votes if vote.action == HEALTHY and vote.conf_bp > 0}
    bundle, opening = situation.bundle, situation.opening
    return (
        detection <= said
        and not bundle.gaps()
        and any(source.name == "metrics" and source.status == "ok" for source in bundle.sources)
        and not bundle.second_fault
        and opening is not None
        and not opening.flapping
    )
