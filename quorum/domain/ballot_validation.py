"""Which signed votes count: genuine, about this very round, in time, for a candidate.

Consensus and the executor both admit by these functions, each with keys that it read itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from quorum.domain.base import ActionId, Digest, IncidentId
from quorum.domain.constants import CLOCK_SKEW_SECONDS, VOTE_LIFETIME_SECONDS
from quorum.domain.events import EvidenceFrozen
from quorum.domain.evidence import Bundle
from quorum.domain.seats import Seat
from quorum.domain.signed import Objection, Rejected, unseal
from quorum.domain.votes import HEALTHY, Vote

DISMISSER = "detection"
"""The role whose seats may vote that nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a vote has to be about. `at` is when it has to be alive, in seconds since 1970."""

    incident: IncidentId
    round: int
    evidence: Digest
    candidates: frozenset[ActionId]
    seats: Sequence[Seat]
    at: float

    @classmethod
    def of(cls, bundle: Bundle, evidence: Digest, seats: Sequence[Seat], at: float) -> Self:
        """Return the question that the bundle of this digest puts to these seats."""
        candidates = frozenset(candidate.id for candidate in bundle.candidates)
        return cls(bundle.incident_id, bundle.round, evidence, candidates, seats, at)

    @classmethod
    def as_told(cls, frozen: EvidenceFrozen, seats: Sequence[Seat], at: float) -> Self:
        """Return the question as the log tells it: to show, never to decide."""
        candidates = frozenset(candidate.id for candidate in frozen.candidates)
        return cls(frozen.incident_id, frozen.round, frozen.evidence, candidates, seats, at)


class Admitted(NamedTuple):
    """A genuine vote, and the text that proves it."""

    vote: Vote
    text: str


def admit(raw: object, question: Question, objection: Objection) -> Admitted | Rejected:
    """Return the vote if it counts, or why it does not.

    Raises nothing of its own, whatever `raw` is; only what `objection` raises when it cannot read
    a key, which says nothing about the vote.
    """
    found = genuine(raw, question.seats, objection)
    if isinstance(found, Rejected):
        return found
    why = misfit(found.vote, question)
    return Rejected(why) if why else found


def genuine(raw: object, seats: Iterable[Seat], objection: Objection) -> Admitted | Rejected:
    """Return the vote if one of these seats signed it, whatever it is about."""
    sealed = unseal(raw, Vote)
    if isinstance(sealed, Rejected):
        return sealed
    vote = sealed.says
    if vote.seat not in {seat.name for seat in seats}:
        return Rejected("no seat is called so")
    why = objection(vote.seat, vote.message(), sealed.signature)
    return Rejected(why) if why else Admitted(vote, sealed.text)


def misfit(vote: Vote, question: Question) -> str | None:
    """Return why the vote is no answer to the question, or None."""
    allowed: set[ActionId | None] = {None, *question.candidates}
    if any(seat.name == vote.seat and seat.role == DISMISSER for seat in question.seats):
        allowed.add(HEALTHY)
    checks = (
        (vote.incident == question.incident, "it is about another incident"),
        (vote.round == question.round, "it is about another round"),
        (vote.evidence == question.evidence, "it rests on other evidence"),
        (vote.exp > question.at, "it has expired"),
        (
            vote.exp <= question.at + VOTE_LIFETIME_SECONDS + CLOCK_SKEW_SECONDS,
            "it would live too long",
        ),
        (vote.action in allowed, f"it is for an unknown action: {vote.action}"),
    )
    return next((why for holds, why in checks if not holds), None)


class Contradiction(NamedTuple):
    """Two different votes that one seat signed in one round: anybody can verify them."""

    seat: str
    proof: tuple[str, str]


def contradiction(votes: Sequence[Admitted], incident: str, round_: int) -> Contradiction | None:
    """Return the proof that these genuine votes of one seat contradict each other, or None.

    An honest seat signs one vote a round, so any other genuine one is a contradiction, though it
    may be about other evidence or have expired.
    """
    said = {
        found.vote.payload(): found
        for found in votes
        if (found.vote.incident, found.vote.round) == (incident, round_)
    }
    if len(said) < 2:  # noqa: PLR2004 - two of them contradict each other
        return None
    first, second = (said[payload] for payload in sorted(said)[:2])
    return Contradiction(first.vote.seat, (first.text, second.text))


def contradictions(
    tables: Mapping[str, Iterable[str]], question: Question, objection: Objection
) -> tuple[Contradiction, ...]:
    """Return the proofs against seats of whom these signed texts, by seat, hold two votes."""
    proofs = []
    for seat, texts in tables.items():
        found = [genuine(text, question.seats, objection) for text in texts]
        own = [one for one in found if isinstance(one, Admitted) and one.vote.seat == seat]
        proof = contradiction(own, question.incident, question.round)
        if proof:
            proofs.append(proof)
    return tuple(proofs)
