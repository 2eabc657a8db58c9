"""The votes of a decision, counted once more from the log: anybody may check, so we do."""

from typing import NamedTuple

from quorum.domain.ballot_validation import Question, admit
from quorum.domain.events import DecisionMade, EvidenceFrozen
from quorum.domain.seats import SEATS
from quorum.domain.signed import Rejected
from quorum.domain.votes import Tally, Vote, tally
from quorum.ports.voting import Verifier


class Recount(NamedTuple):
    """What the log's votes come to, and whether the decision says the same."""

    tally: Tally
    agrees: bool
    score_bp: int


class Signatures(NamedTuple):
    """What verifying the certificate came to: how many votes hold, and what is wrong."""

    genuine: int
    wrong: tuple[str, ...]


def verify(decision: DecisionMade, frozen: EvidenceFrozen, verifier: Verifier) -> Signatures:
    """Verify every signed vote of the certificate with the seats' pinned public keys.

    Also that the votes that people are told are the ones that were signed.
    """
    question = Question.from_event(frozen, SEATS, decision.occurred_at.timestamp())
    found = [admit(text, question, verifier.objection) for text in decision.certificate]
    wrong = [one.reason for one in found if isinstance(one, Rejected)]
    votes = [one.vote for one in found if not isinstance(one, Rejected)]
    signed = {(vote.seat, vote.action, vote.conf_bp) for vote in votes}
    told = {(cast.seat, cast.action, cast.conf_bp) for cast in decision.votes}
    if signed != told:
        wrong.append("the log tells of other votes than were signed")
    return Signatures(len(votes), tuple(wrong))


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
