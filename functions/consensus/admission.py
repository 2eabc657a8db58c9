"""Admission of ballots: signed by their seat, for this round, in time, by one of its methods.

A ballot that is not admitted leaves its seat silent, with the reason; silence can only send an
incident to a person.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quorum.domain.ballot_validation import RoundContext, admit
from quorum.domain.base import OutsiderText
from quorum.domain.events import SeatSilent, VoteCast
from quorum.domain.seats import Seat, too_heavy
from quorum.domain.signed import Objection, Rejected
from quorum.domain.votes import Ballot, Vote
from quorum.ports.voting import SeatRecord


class AdmittedBallot(NamedTuple):
    """An admitted ballot, and the signed vote that proves it."""

    ballot: Ballot
    text: str


class Admission(NamedTuple):
    """The admitted ballots and the silent seats, in the seat table's order."""

    standing: tuple[AdmittedBallot, ...]
    silent: tuple[SeatSilent, ...]

    def votes(self) -> tuple[Vote, ...]:
        """Return the votes to count."""
        return tuple(admitted.ballot.vote for admitted in self.standing)

    def certificate(self) -> tuple[str, ...]:
        """Return the votes as they were signed."""
        return tuple(admitted.text for admitted in self.standing)

    def cast(self) -> tuple[VoteCast, ...]:
        """Return the votes with their reasons, for the log."""
        return tuple(
            VoteCast(
                seat=ballot.vote.seat,
                tier=ballot.tier,
                action=ballot.vote.action,
                conf_bp=ballot.vote.conf_bp,
                reason=OutsiderText.of(ballot.opinion.reason),
                cites=ballot.opinion.cites,
                skipped=ballot.skipped,
                tokens=ballot.opinion.tokens,
            )
            for ballot, _ in self.standing
        )


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """Criteria of a round's ballots. `excluded`: the reason for each seat that may not vote."""

    question: RoundContext
    objection: Objection
    excluded: Mapping[str, str]

    def admit(self, records: Mapping[str, SeatRecord], silent: Mapping[str, str]) -> Admission:
        """Return the admitted ballots, and the other seats with the reason.

        `silent` gives the reason for each seat without a ballot.
        """
        reasons, standing = dict[str, str](), dict[str, AdmittedBallot]()
        for seat in self.question.seats:
            judged = self._judge(seat, records[seat.name], silent.get(seat.name, "no answer"))
            if isinstance(judged, AdmittedBallot):
                standing[seat.name] = judged
            else:
                reasons[seat.name] = judged
        reasons |= _over_shared_domain(standing, self.question.seats)
        return Admission(
            tuple(admitted for name, admitted in standing.items() if name not in reasons),
            tuple(
                SeatSilent(seat=s.name, reason=reasons[s.name])
                for s in self.question.seats
                if s.name in reasons
            ),
        )

    def _judge(self, seat: Seat, record: SeatRecord, silent: str) -> AdmittedBallot | str:
        """Return the seat's admitted ballot, or the reason why it has none."""
        if seat.name in self.excluded:
            return self.excluded[seat.name]
        ballot = record.ballot
        if ballot is None:
            return record.problem or silent
        if ballot.tier not in {tier.method for tier in seat.tiers}:
            return f"{ballot.tier} is not one of the seat's methods"
        return self._signed(seat, ballot, record.signed_votes)

    def _signed(
        self, seat: Seat, ballot: Ballot, signed_votes: Sequence[str]
    ) -> AdmittedBallot | str:
        reason = "the vote is not signed"
        for text in signed_votes:
            vote = admit(text, self.question, self.objection)
            if isinstance(vote, Rejected):
                reason = f"invalid vote: {vote.reason}"
            elif vote.vote.seat != seat.name:
                reason = f"its table holds a vote by {vote.vote.seat}"
            elif vote.vote != ballot.vote:
                reason = "the signed vote differs from the claimed ballot"
            else:
                return AdmittedBallot(ballot, vote.text)
        return reason


def _over_shared_domain(
    standing: Mapping[str, AdmittedBallot], seats: Sequence[Seat]
) -> dict[str, str]:
    """Return the seats whose answering tiers share a failure domain with too many others."""
    domains = {tier.method: tier.domains for seat in seats for tier in seat.tiers}
    seats_by_domain = defaultdict[str, list[str]](list)
    for name, admitted in standing.items():
        for domain in domains[admitted.ballot.tier]:
            seats_by_domain[domain].append(name)
    crowded = {domain for domain, names in seats_by_domain.items() if too_heavy(names, seats)}
    return {
        name: f"too many seats depend on {', '.join(sorted(shared))}"
        for name, admitted in standing.items()
        if (shared := domains[admitted.ballot.tier] & crowded)
    }
