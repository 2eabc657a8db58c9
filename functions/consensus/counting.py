"""From the admitted votes to the decision's content: pure."""

from typing import Any

from functions.consensus.admission import Admission
from functions.consensus.disagreement import disagreement
from functions.consensus.routing import basis_points, route
from functions.consensus.situation import Situation
from quorum.domain.votes import tally


def count(admitted: Admission, situation: Situation) -> dict[str, Any]:
    """Return what DecisionMade says beyond the fields of every fact, as JSON."""
    seats = situation.seats
    counted = tally(admitted.votes(), seats)
    way = route(counted, admitted.votes(), situation)
    return {
        "round": situation.bundle.round,
        "evidence": situation.evidence,
        "route": way.route,
        "action": way.action,
        "score_bp": way.score_bp,
        "ranking": [[score.action, basis_points(score.share)] for score in counted.ranking],
        "votes": [cast.model_dump(mode="json") for cast in admitted.cast()],
        "silent": [silent.model_dump(mode="json") for silent in admitted.silent],
        "reason": way.reason,
        "level": way.level,
        "certificate": list(admitted.certificate()),
        "disagreement": disagreement(admitted.votes(), seats, counted).model_dump(mode="json"),
    }
