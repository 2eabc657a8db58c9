"""Recount of a decision's certificate: the signed votes that authorise an autonomous action.

Nothing computed by `consensus` is trusted. Signatures are verified with keys that the executor read
itself, each seat's own table is searched for a second vote, and the votes are counted again.
Consensus can only omit votes, and omission can only lower a sum that is never renormalised.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from functions.executor.dependencies import ExecutorDependencies
from functions.executor.refusal import RefusalError
from functions.executor.round_decision import DecidedRound
from quorum.application.equivocation import EquivocationRecords
from quorum.domain.ballot_validation import Admitted, RoundContext, admit, contradictions
from quorum.domain.events import DecisionMade
from quorum.domain.seats import SEATS, Seat
from quorum.domain.signed import Rejected
from quorum.domain.votes import Tally, Vote, memory_decides, tally
from quorum.ports.voting import SeatRecord


class Recount(NamedTuple):
    """The tally of the votes that stand, and whether the memory alone carries its action."""

    tally: Tally
    memory_decides: bool


def recount(
    deps: ExecutorDependencies, decided: DecidedRound, seats: Sequence[Seat] = SEATS
) -> Recount:
    """Return the count of the certificate's votes by the executor's own clock.

    A decision expires with its votes. Raises RefusalError if a vote is expired or invalid, or if
    the logged votes differ from the certificate.
    """
    decision = decided.decision
    question = RoundContext.of(decided.bundle, decision.evidence, seats, deps.now().timestamp())
    votes = _admitted(deps, decision, question)
    _check_logged_votes(decision, votes)
    records = {
        seat.name: deps.ballots.read(seat.name, decision.incident_id, decision.round)
        for seat in seats
    }
    excluded = _excluded_seats(deps, question, votes, records)
    standing = [
        vote.vote
        for name, vote in votes.items()
        if name not in excluded and _table_confirms(records[name], vote.vote, seats)
    ]
    return Recount(tally(standing, seats), memory_decides(standing, seats))


def _admitted(
    deps: ExecutorDependencies, decision: DecisionMade, question: RoundContext
) -> dict[str, Admitted]:
    """Return the certificate's votes by seat. Raises RefusalError for a vote that is not valid."""
    votes: dict[str, Admitted] = {}
    for text in decision.certificate:
        admitted = admit(text, question, deps.verifier.objection)
        if isinstance(admitted, Rejected):
            raise RefusalError("certificate", f"invalid vote: {admitted.reason}")
        if admitted.vote.seat in votes:
            raise RefusalError("certificate", f"{admitted.vote.seat} voted twice")
        votes[admitted.vote.seat] = admitted
    return votes


def _check_logged_votes(decision: DecisionMade, votes: Mapping[str, Admitted]) -> None:
    """Raise RefusalError unless the decision's logged votes equal the signed ones."""
    logged = {cast.seat: (cast.action, cast.conf_bp) for cast in decision.votes}
    signed = {seat: (vote.vote.action, vote.vote.conf_bp) for seat, vote in votes.items()}
    if logged != signed or len(decision.votes) != len(logged):
        wrong = sorted(set(logged.items()) ^ set(signed.items()), key=str)
        raise RefusalError("certificate", f"logged votes do not match the certificate: {wrong[:1]}")


def _excluded_seats(
    deps: ExecutorDependencies,
    question: RoundContext,
    votes: Mapping[str, Admitted],
    records: Mapping[str, SeatRecord],
) -> set[str]:
    """Return the seats that count for nothing: suspended, or contradicted by their own tables."""
    striking = EquivocationRecords(deps.recorder, deps.suspensions)
    texts = {name: set(record.signed_votes) for name, record in records.items()}
    for name, vote in votes.items():
        texts[name].add(vote.text)
    proofs = contradictions(texts, question, deps.verifier.objection)
    contradicting = striking.record(question.incident, question.round, proofs)
    return {*contradicting, *striking.suspended()}


def _table_confirms(record: SeatRecord, vote: Vote, seats: Sequence[Seat]) -> bool:
    """Return whether the seat's own table holds this vote, cast by one of its methods."""
    methods = {tier.method for seat in seats if seat.name == vote.seat for tier in seat.tiers}
    ballot = record.ballot
    return ballot is not None and ballot.vote == vote and ballot.tier in methods
