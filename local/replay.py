"""An archived incident, decided again: each seat's method on the recorded evidence and clock.

A method must reach the recorded vote, byte for byte before its signature; the count of the recorded
votes must reach the recorded ranking. Votes of a language model are not repeated.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from functions.detection import methods as detection
from functions.diagnosis import methods as diagnosis
from functions.prediction import methods as prediction
from functions.resolution import methods as resolution
from local.archive import Archive
from quorum.adapters.signing import p256
from quorum.domain.ballot_validation import RoundContext, admit
from quorum.domain.constants import BASIS_POINTS, VOTE_LIFETIME_SECONDS
from quorum.domain.errors import PermanentError
from quorum.domain.events import DecisionMade, EvidenceFrozen
from quorum.domain.evidence import Bundle
from quorum.domain.seats import SEATS, seat
from quorum.domain.signed import Rejected
from quorum.domain.votes import Ballot, Vote, tally
from quorum.seats.opinions import check_opinion, decide
from quorum.seats.seat import Deps, Method

METHODS: Final[Mapping[str, Method]] = {
    **detection.METHODS,
    **diagnosis.METHODS,
    **prediction.METHODS,
    **resolution.METHODS,
}
HISTORY: Final = "similar-incidents"
"""In bundles of former versions its cases are missing: it read the memory itself."""


class VoteAgain(NamedTuple):
    """A seat's vote, reached again."""

    seat: str
    method: str
    result: Literal["same", "different", "not repeated"]
    detail: str = ""


class RoundAgain(NamedTuple):
    """A round, decided again."""

    round: int
    votes: tuple[VoteAgain, ...]
    flaws: tuple[str, ...]
    """Disagreements: signatures, votes in the decision, ranking."""

    @property
    def agrees(self) -> bool:
        """Return whether nothing differs."""
        return not self.flaws and all(vote.result != "different" for vote in self.votes)


def rounds(archive: Archive) -> Iterator[RoundAgain]:
    """Yield each decided round."""
    frozen = {e.round: e for e in archive.events if isinstance(e, EvidenceFrozen)}
    for decision in archive.events:
        if isinstance(decision, DecisionMade) and decision.round in frozen:
            evidence = frozen[decision.round]
            cast = [b for b in archive.ballots if b.vote.round == decision.round]
            votes = tuple(_again(ballot, archive.bundles[evidence.evidence]) for ballot in cast)
            flaws = tuple(_flaws(archive, decision, evidence))
            yield RoundAgain(decision.round, votes, flaws)


def _again(ballot: Ballot, bundle: Bundle) -> VoteAgain:
    vote, method = ballot.vote, ballot.tier
    tier = next((t for t in seat(vote.seat).tiers if t.method == method), None)
    if tier is None or method not in METHODS:
        return VoteAgain(vote.seat, method, "not repeated", "this version has no such method")
    if "model" in tier.domains:
        return VoteAgain(vote.seat, method, "not repeated", "a language model answered")
    if method == HISTORY and not bundle.past:
        return VoteAgain(vote.seat, method, "not repeated", "it read the memory")
    try:
        opinion = METHODS[method](bundle, Deps())
        check_opinion(opinion, bundle, vote.seat)
    except PermanentError as error:
        return VoteAgain(vote.seat, method, "different", str(error))
    choice = decide(opinion, bundle)
    again = Vote(
        incident=bundle.incident_id,
        round=bundle.round,
        evidence=vote.evidence,
        seat=vote.seat,
        action=choice.action,
        conf_bp=choice.conf_bp,
        exp=int(ballot.answered_at) + VOTE_LIFETIME_SECONDS,
    )
    if again.message() == vote.message():
        return VoteAgain(vote.seat, method, "same")
    detail = f"{again.action} at {again.conf_bp}, recorded {vote.action} at {vote.conf_bp}"
    return VoteAgain(vote.seat, method, "different", detail)


def _flaws(archive: Archive, decision: DecisionMade, frozen: EvidenceFrozen) -> Iterator[str]:
    context = RoundContext.from_event(frozen, SEATS, decision.occurred_at.timestamp())
    keys = {name: p256.public_key(der) for name, der in archive.keys.items()}

    def objection(signer: str, message: bytes, signature: bytes) -> str | None:
        if signer not in keys:
            return f"the archive has no key of {signer}"
        return p256.objection(keys[signer], message, signature)

    admitted = [admit(text, context, objection) for text in decision.certificate]
    yield from (one.reason for one in admitted if isinstance(one, Rejected))
    votes = [one.vote for one in admitted if not isinstance(one, Rejected)]
    claimed = {b.vote.message() for b in archive.ballots if b.vote.round == decision.round}
    if any(vote.message() not in claimed for vote in votes):
        yield "a signed vote is not the ballot that its seat claimed"
    counted = tally(votes, SEATS)
    ranking = tuple((score.action, int(score.share * BASIS_POINTS)) for score in counted.ranking)
    if decision.certificate and ranking != decision.ranking:
        yield "the count of the signed votes is not the recorded ranking"
    if decision.route == "execute" and counted.action != decision.action:
        yield "the signed votes do not authorise the executed action"
