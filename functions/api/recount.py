"""The votes of a decision, counted once more from the log: anybody may check, so we do."""

from typing import NamedTuple

from functions.shared.domain.events import DecisionMade
from functions.shared.domain.seats import SEATS
from functions.shared.domain.votes import Tally, Vote, tally


class Recount(NamedTuple):
    """What the log's votes come to, and whether the decision says the same."""

    tally: Tally
    agrees: bool
    score_bp: int


def recount(decision: DecisionMade) -> Recount:
    """Return the recount of both rules: the threshold over the full weight, no role pivotal."""
    votes = [
        Vote(
            incident=decision.incident_id,
            round=decision.round,
            evidence=decision.evidence,
            seat=cast.seat,
            action=cast.action,
            conf_bp=cast.conf_bp,
            exp=0,
        )
        for cast in decision.votes
    ]
    found = tally(votes, SEATS)
    shares = {score.action: int(score.share * 10_000) for score in found.ranking}
    score = shares.get(decision.action or "", 0)
    executes = decision.route != "execute" or found.action == decision.action
    return Recount(found, score == decision.score_bp and executes, score)
