"""From an opinion to a choice: allowed votes, and conditions for an abstention."""

from typing import Final

from quorum.domain.errors import InvalidInputError
from quorum.domain.evidence import Bundle
from quorum.domain.evidence_gaps import bearing_gaps, complete_enough, penalty_bp
from quorum.domain.seats import seat
from quorum.domain.votes import HEALTHY, Choice, Opinion, choose

ROUNDING: Final = 1e-9


def decide(opinion: Opinion, bundle: Bundle) -> Choice:
    """Return the vote that follows from the opinion; abstain when too much evidence is missing.

    Only gaps that bear on the vote's candidate cost confidence.
    """
    gaps = bearing_gaps(bundle, choose(opinion, 0).action)
    if not complete_enough(gaps):
        return Choice(None, 0, "too much evidence is missing")
    return choose(opinion, penalty_bp(gaps))


def check_opinion(opinion: Opinion, bundle: Bundle, seat_name: str) -> None:
    """Raise InvalidInputError unless the opinion is a distribution over the allowed votes.

    Allowed are the bundle's candidates and, for detection alone, HEALTHY.
    """
    allowed = {c.id for c in bundle.candidates}
    if seat(seat_name).role == "detection":
        allowed.add(HEALTHY)
    unknown = sorted(set(opinion.probabilities) - allowed)
    if unknown:
        raise InvalidInputError(f"opinion: {', '.join(unknown)} is not a candidate here")
    values = (*opinion.probabilities.values(), opinion.none)
    if not all(0 <= v <= 1 for v in values) or sum(values) > 1 + ROUNDING:
        raise InvalidInputError(f"opinion: probabilities of {seat_name} are not a distribution")
