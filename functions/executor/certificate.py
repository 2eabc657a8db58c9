"""What authorises an autonomous action: the admitted votes, counted again by the executor itself.

Nothing that `consensus` computed is believed. It may only leave votes out, and a sum that is never
renormalised can but fall when votes are left out. Signatures will be checked where the certificate
is admitted.
"""

from collections.abc import Iterable

from functions.executor.refusal import RefusalError
from functions.shared.domain.constants import VOTE_LIFETIME_SECONDS
from functions.shared.domain.events import DecisionMade, EvidenceFrozen
from functions.shared.domain.model import ActionId, Digest, IncidentId, Record
from functions.shared.domain.seats import SEATS, Seat
from functions.shared.domain.votes import HEALTHY, Tally, Vote, tally
from functions.shared.ports import BallotBox


class Certificate(Record):
    """The votes of one round, as their seats' own tables hold them. `decided_at` in s of 1970."""

    incident: IncidentId
    round: int
    evidence: Digest
    decided_at: float
    votes: tuple[Vote, ...]


def certificate(ballots: BallotBox, decision: DecisionMade) -> Certificate:
    """Read the ballots of the seats that the decision counts.

    Raises RefusalError when a seat's table has no such ballot, or says something else.
    """
    votes = []
    for cast in decision.votes:
        ballot = ballots.find(cast.seat, decision.incident_id, decision.round)
        if ballot is None or ballot.vote.seat != cast.seat:
            raise RefusalError("certificate", f"{cast.seat} has no ballot in its table")
        if ballot.tier not in _methods(cast.seat):
            raise RefusalError("certificate", f"{ballot.tier} is not a method of {cast.seat}")
        said = (ballot.tier, ballot.vote.action, ballot.vote.conf_bp)
        if said != (cast.tier, cast.action, cast.conf_bp):
            raise RefusalError("certificate", f"the ballot of {cast.seat} is not what was counted")
        votes.append(ballot.vote)
    return Certificate(
        incident=decision.incident_id,
        round=decision.round,
        evidence=decision.evidence,
        decided_at=decision.occurred_at.timestamp(),
        votes=tuple(votes),
    )


def _methods(name: str) -> set[str]:
    return {tier.method for row in SEATS if row.name == name for tier in row.tiers}


def redecide(
    given: Certificate, frozen: EvidenceFrozen, seats: Iterable[Seat] = SEATS
) -> tuple[ActionId | None, Tally]:
    """Return the action that the certificate's votes authorise, and how they add up."""
    allowed = {None, HEALTHY, *(candidate.id for candidate in frozen.candidates)}
    admitted = [
        vote
        for vote in given.votes
        if (vote.incident, vote.round, vote.evidence)
        == (frozen.incident_id, frozen.round, frozen.evidence)
        and (given.incident, given.round, given.evidence)
        == (frozen.incident_id, frozen.round, frozen.evidence)
        and given.decided_at < vote.exp <= given.decided_at + VOTE_LIFETIME_SECONDS
        and vote.action in allowed
    ]
    result = tally(admitted, seats)
    return result.action, result
