"""What authorises an autonomous action: the signed votes, admitted and counted by the executor.

Nothing that `consensus` computed is believed: signatures are verified with keys that the executor
read itself, each seat's own table is searched for a second vote, and the votes are counted again.
Consensus may only leave votes out, and a sum that is never renormalised can but fall by that.
"""

from collections.abc import Mapping, Sequence

from functions.executor.dependencies import Dependencies
from functions.executor.refusal import RefusalError
from functions.executor.round_decision import Round
from quorum.application.equivocation import Striking
from quorum.domain.ballot_validation import Admitted, Question, admit, contradictions
from quorum.domain.events import DecisionMade
from quorum.domain.seats import SEATS, Seat
from quorum.domain.signed import Rejected
from quorum.domain.votes import Tally, Vote, tally
from quorum.ports.voting import SeatRecord


def redecide(tools: Dependencies, found: Round, seats: Sequence[Seat] = SEATS) -> Tally:
    """Return what the certificate's votes come to now, by the executor's own clock.

    A decision is as old as its votes: once one of them has expired it authorises nothing. Raises
    RefusalError then, and when the decision says of a seat what the certificate does not.
    """
    decision = found.decision
    question = Question.of(found.bundle, decision.evidence, seats, tools.now().timestamp())
    votes = _admitted(tools, decision, question)
    _as_told(decision, votes)
    records = {
        seat.name: tools.ballots.read(seat.name, decision.incident_id, decision.round)
        for seat in seats
    }
    out = _struck(tools, question, votes, records)
    standing = [
        vote.vote
        for name, vote in votes.items()
        if name not in out and _holds(records[name], vote.vote, seats)
    ]
    return tally(standing, seats)


def _admitted(
    tools: Dependencies, decision: DecisionMade, question: Question
) -> dict[str, Admitted]:
    """Return the certificate's votes by seat. Raises RefusalError: consensus sends no others."""
    votes: dict[str, Admitted] = {}
    for text in decision.certificate:
        found = admit(text, question, tools.verifier.objection)
        if isinstance(found, Rejected):
            raise RefusalError("certificate", f"a vote does not count: {found.reason}")
        if found.vote.seat in votes:
            raise RefusalError("certificate", f"{found.vote.seat} votes twice")
        votes[found.vote.seat] = found
    return votes


def _as_told(decision: DecisionMade, votes: Mapping[str, Admitted]) -> None:
    """Raise RefusalError unless people were told the votes that were signed."""
    told = {cast.seat: (cast.action, cast.conf_bp) for cast in decision.votes}
    signed = {seat: (vote.vote.action, vote.vote.conf_bp) for seat, vote in votes.items()}
    if told != signed or len(decision.votes) != len(told):
        wrong = sorted(set(told.items()) ^ set(signed.items()), key=str)
        raise RefusalError("certificate", f"the log tells of other votes: {wrong[:1]}")


def _struck(
    tools: Dependencies,
    question: Question,
    votes: Mapping[str, Admitted],
    records: Mapping[str, SeatRecord],
) -> set[str]:
    """Return the seats that weigh nothing: suspended, or struck by what their own tables hold."""
    striking = Striking(tools.recorder, tools.suspensions)
    texts = {name: set(record.signed_votes) for name, record in records.items()}
    for name, vote in votes.items():
        texts[name].add(vote.text)
    proofs = contradictions(texts, question, tools.verifier.objection)
    struck = striking.record(question.incident, question.round, proofs)
    return {*struck, *striking.suspended()}


def _holds(record: SeatRecord, vote: Vote, seats: Sequence[Seat]) -> bool:
    """Return whether the seat's own table tells of this vote too, by a method of the seat's own."""
    methods = {tier.method for seat in seats if seat.name == vote.seat for tier in seat.tiers}
    ballot = record.ballot
    return ballot is not None and ballot.vote == vote and ballot.tier in methods
