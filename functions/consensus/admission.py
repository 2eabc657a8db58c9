"""Which ballots count: signed by their seat, about this very round, in time, by its own means.

A ballot that does not count leaves its seat silent, with the reason; silence can only send an
incident to a person.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quorum.domain.ballot_validation import Question, admit
from quorum.domain.base import OutsiderText
from quorum.domain.events import SeatSilent, VoteCast
from quorum.domain.seats import Seat, too_heavy
from quorum.domain.signed import Objection, Rejected
from quorum.domain.votes import Ballot, Vote
from quorum.ports.voting import SeatRecord


class Standing(NamedTuple):
    """A ballot that counts, and the signed vote that proves it."""

    ballot: Ballot
    text: str


class Admission(NamedTuple):
    """The ballots that count, and the seats that are silent; in the table's order."""

    standing: tuple[Standing, ...]
    silent: tuple[SeatSilent, ...]

    def votes(self) -> tuple[Vote, ...]:
        """Return the votes to count."""
        return tuple(one.ballot.vote for one in self.standing)

    def certificate(self) -> tuple[str, ...]:
        """Return the votes as they were signed."""
        return tuple(one.text for one in self.standing)

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
class Bench:
    """What a round's ballots are judged by. `out` says why a seat weighs nothing at all."""

    question: Question
    objection: Objection
    out: Mapping[str, str]

    def admit(self, found: Mapping[str, SeatRecord], silent: Mapping[str, str]) -> Admission:
        """Sort the seats: those whose ballot counts, and the rest with the reason.

        `silent` says why a seat that gave no ballot gave none.
        """
        why, standing = dict[str, str](), dict[str, Standing]()
        for seat in self.question.seats:
            judged = self._judge(seat, found[seat.name], silent.get(seat.name, "no answer"))
            if isinstance(judged, Standing):
                standing[seat.name] = judged
            else:
                why[seat.name] = judged
        why |= _crowded(standing, self.question.seats)
        return Admission(
            tuple(one for name, one in standing.items() if name not in why),
            tuple(
                SeatSilent(seat=s.name, reason=why[s.name])
                for s in self.question.seats
                if s.name in why
            ),
        )

    def _judge(self, seat: Seat, record: SeatRecord, silent: str) -> Standing | str:
        """Return the seat's vote with its ballot, or why it has none that counts."""
        if seat.name in self.out:
            return self.out[seat.name]
        ballot = record.ballot
        if ballot is None:
            return record.problem or silent
        if ballot.tier not in {tier.method for tier in seat.tiers}:
            return f"{ballot.tier} is not a method of its own"
        return self._signed(seat, ballot, record.signed_votes)

    def _signed(self, seat: Seat, ballot: Ballot, signed_votes: Sequence[str]) -> Standing | str:
        why = "its vote is not signed"
        for text in signed_votes:
            vote = admit(text, self.question, self.objection)
            if isinstance(vote, Rejected):
                why = f"its vote does not count: {vote.reason}"
            elif vote.vote.seat != seat.name:
                why = f"its table holds a vote of {vote.vote.seat}"
            elif vote.vote != ballot.vote:
                why = "its signed vote is not the one that it claimed"
            else:
                return Standing(ballot, vote.text)
        return why


def _crowded(standing: Mapping[str, Standing], seats: Sequence[Seat]) -> dict[str, str]:
    """Return the seats whose answering tiers share a failure domain with too many others."""
    domains = {tier.method: tier.domains for seat in seats for tier in seat.tiers}
    held = defaultdict[str, list[str]](list)
    for name, one in standing.items():
        for domain in domains[one.ballot.tier]:
            held[domain].append(name)
    full = {domain for domain, holders in held.items() if too_heavy(holders, seats)}
    return {
        name: f"too many answers share {', '.join(sorted(shared))}"
        for name, one in standing.items()
        if (shared := domains[one.ballot.tier] & full)
    }
