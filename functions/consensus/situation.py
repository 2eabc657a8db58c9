"""What a decision rests on besides its votes, and when that is a healthy system."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from functions.shared.domain.autonomy import Rule
from functions.shared.domain.events import EvidenceFrozen
from functions.shared.domain.evidence import gaps
from functions.shared.domain.incident import Incident
from functions.shared.domain.restrictions import Restriction
from functions.shared.domain.seats import Seat
from functions.shared.domain.votes import HEALTHY, Vote


@dataclass(frozen=True, slots=True)
class Situation:
    """The incident, this round's evidence, what the operator allows, and who votes."""

    incident: Incident
    frozen: EvidenceFrozen
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
    sources, frozen = situation.frozen.sources, situation.frozen
    return (
        detection <= said
        and not gaps(sources)
        and any(source.name == "metrics" and source.status == "ok" for source in sources)
        and not frozen.second_fault
        and not situation.incident.opened.flapping
    )
