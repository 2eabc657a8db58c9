"""Validation of signed votes: genuine, for this round, in time, for a candidate.

Consensus and the executor both use these functions, each with public keys that it read itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from quorum.domain.base import ActionId, Digest, IncidentId
from quorum.domain.constants import CLOCK_SKEW_SECONDS, VOTE_LIFETIME_SECONDS
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Bundle
from quorum.domain.seats import Seat
from quorum.domain.signed import Objection, Rejected, read_signed
from quorum.domain.votes import HEALTHY, Vote

DISMISSER = "detection"
"""The role whose seats may vote that there is no incident."""


@dataclass(frozen=True, slots=True)
class RoundContext:
    """The round that a vote must match. A vote must be valid at `at`, in seconds since 1970."""

    incident: IncidentId
    round: int
    evidence: Digest
    candidates: frozenset[ActionId]
    seats: Sequence[Seat]
    at: float

    @classmethod
    def of(cls, bundle: Bundle, evidence: Digest, seats: Sequence[Seat], at: float) -> Self:
        """Return the round of the bundle with this digest, for these seats."""
        candidates = frozenset(candidate.id for candidate in bundle.candidates)
        return cls(bundle.incident_id, bundle.round, evidence, candidates, seats, at)

    @classmethod
    def from_event(cls, frozen: EvidenceFrozen, seats: Sequence[Seat], at: float) -> Self:
        """Return the round as the log reports it: to display, never to decide."""
        candidates = frozenset(candidate.id for candidate in frozen.candidates)
        return cls(frozen.incident_id, frozen.round, frozen.evidence, candidates, seats, at)


class Admitted(NamedTuple):
    """A genuine vote, and the text that proves it."""

    vote: Vote
    text: str


def admit(raw: object, question: RoundContext, objection: Objection) -> Admitted | Rejected:
    """Return the vote if it is valid, or the reason for its rejection.

    Raises nothing of its own, whatever `raw` is, and passes on errors of `objection`, which mean
    that a key could not be read and imply nothing about the vote.
    """
    admitted = verify_vote(raw, question.seats, objection)
    if isinstance(admitted, Rejected):
        return admitted
    reason = mismatch(admitted.vote, question)
    return Rejected(reason) if reason else admitted


def verify_vote(raw: object, seats: Iterable[Seat], objection: Objection) -> Admitted | Rejected:
    """Return the vote if one of these seats signed it, whatever its content."""
    sealed = read_signed(raw, Vote)
    if isinstance(sealed, Rejected):
        return sealed
    vote = sealed.statement
    if vote.seat not in {seat.name for seat in seats}:
        return Rejected("there is no such seat")
    reason = objection(vote.seat, vote.message(), sealed.signature)
    return Rejected(reason) if reason else Admitted(vote, sealed.text)


def mismatch(vote: Vote, question: RoundContext) -> str | None:
    """Return why the vote does not match the round, or None."""
    allowed: set[ActionId | None] = {None, *question.candidates}
    if any(seat.name == vote.seat and seat.role == DISMISSER for seat in question.seats):
        allowed.add(HEALTHY)
    checks = (
        (vote.incident == question.incident, "it is about another incident"),
        (vote.round == question.round, "it is about another round"),
        (vote.evidence == question.evidence, "it is based on other evidence"),
        (vote.exp > question.at, "it has expired"),
        (
            vote.exp <= question.at + VOTE_LIFETIME_SECONDS + CLOCK_SKEW_SECONDS,
            "it expires too far in the future",
        ),
        (vote.action in allowed, f"it is for an unknown action: {vote.action}"),
    )
    return next((reason for holds, reason in checks if not holds), None)


class Contradiction(NamedTuple):
    """Two different votes that one seat signed in one round, verifiable by everyone."""

    seat: str
    proof: tuple[str, str]


def contradiction(votes: Sequence[Admitted], incident: str, round_: int) -> Contradiction | None:
    """Return the proof that these genuine votes of one seat contradict each other, or None.

    An honest seat signs one vote per round, so any other genuine vote is a contradiction, even if
    it is about other evidence or has expired.
    """
    by_payload = {
        admitted.vote.payload(): admitted
        for admitted in votes
        if (admitted.vote.incident, admitted.vote.round) == (incident, round_)
    }
    if len(by_payload) < 2:  # noqa: PLR2004 - two of them contradict each other
        return None
    first, second = (by_payload[payload] for payload in sorted(by_payload)[:2])
    return Contradiction(first.vote.seat, (first.text, second.text))


def contradictions(
    tables: Mapping[str, Iterable[str]], question: RoundContext, objection: Objection
) -> tuple[Contradiction, ...]:
    """Return proofs against seats with two different votes; `tables` maps seats to signed texts."""
    proofs = []
    for seat, texts in tables.items():
        results = [verify_vote(text, question.seats, objection) for text in texts]
        own = [r for r in results if isinstance(r, Admitted) and r.vote.seat == seat]
        proof = contradiction(own, question.incident, question.round)
        if proof:
            proofs.append(proof)
    return tuple(proofs)
