"""From ballots to the decision's content: pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.consensus.admission import admit
from functions.consensus.request import Request
from functions.consensus.routing import basis_points, route
from functions.consensus.situation import Situation
from functions.shared.domain.votes import Ballot, tally


def count(
    request: Request, found: Mapping[str, Ballot], situation: Situation, now: datetime
) -> dict[str, Any]:
    """Return what DecisionMade says beyond the fields of every fact, as JSON."""
    seats, frozen = situation.seats, situation.frozen
    silent = {seat.name: request.why_silent(seat.name) for seat in seats if seat.name not in found}
    admitted = admit(found, silent, frozen, seats, now)
    counted = tally(admitted.votes(), seats)
    way = route(counted, admitted.votes(), situation)
    return {
        "round": frozen.round,
        "evidence": frozen.evidence,
        "route": way.route,
        "action": way.action,
        "score_bp": way.score_bp,
        "ranking": [[score.action, basis_points(score.share)] for score in counted.ranking],
        "votes": [cast.model_dump(mode="json") for cast in admitted.cast()],
        "silent": [silent.model_dump(mode="json") for silent in admitted.silent],
        "reason": way.reason,
        "level": way.level,
    }
