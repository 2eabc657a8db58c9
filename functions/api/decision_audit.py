"""An independent check of a recorded decision: recount its votes and verify their signatures."""

from typing import NamedTuple

from quorum.domain.ballot_validation import RoundContext, admit
from quorum.domain.events import DecisionMade, EvidenceFrozen
from quorum.domain.seats import SEATS
from quorum.domain.signed import Rejected
from quorum.domain.votes import Tally, Vote, tally
from quorum.ports.voting import Verifier


class Recount(NamedTuple):
    """The tally of the logged votes, its score in basis points, and whether it matches."""

    tally: Tally
    matches: bool
    score_bp: int


class Signatures(NamedTuple):
    """The number of validly signed votes in the certificate, and the flaws found."""

    valid: int
    flaws: tuple[str, ...]


def verify(decision: DecisionMade, frozen: EvidenceFrozen, verifier: Verifier) -> Signatures:
    """Verify the certificate's votes with the seats' pinned public keys.

    Also compares the signed votes with the votes that the log shows to people.
    """
    question = RoundContext.from_event(frozen, SEATS, decision.occurred_at.timestamp())
    found = [admit(text, question, verifier.objection) for text in decision.certificate]
    flaws = [one.reason for one in found if isinstance(one, Rejected)]
    votes = [one.vote for one in found if not isinstance(one, Rejected)]
    signed = {(vote.seat, vote.action, vote.conf_bp) for vote in votes}
    logged = {(cast.seat, cast.action, cast.conf_bp) for cast in decision.votes}
    if signed != logged:
        flaws.append("logged votes do not match the signed votes")
    return Signatures(len(votes), tuple(flaws))


def recount(decision: DecisionMade) -> Recount:
    """Recount the logged votes by both rules: the threshold, and no role pivotal."""
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
