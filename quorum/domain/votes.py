"""Conversion of probabilities to a vote, and of votes to a decision, in exact integers.

The confidence-weighted sum is never renormalised: a seat without a valid vote, suspended or
abstaining counts as zero of its full weight. Missing votes can only send an incident to a person.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, ClassVar, Final, Literal, NamedTuple

from pydantic import Field, StringConstraints

from quorum.domain.base import ActionId, BasisPoints, Digest, IncidentId, Record
from quorum.domain.constants import AUTONOMOUS_THRESHOLD, BASIS_POINTS, ROLE_WEIGHTS
from quorum.domain.seats import HISTORY_SEAT, Seat, units
from quorum.domain.signed import Statement

HEALTHY: Final[ActionId] = "incident.dismiss:000000000000"
"""The vote of a detection seat that finds no incident. It is not an action and has no effect."""


class Vote(Statement):
    """A vote as a seat signs it. Closed: exactly these keys."""

    DOMAIN: ClassVar[bytes] = b"quorum/vote/v1\n"

    v: Literal[1] = 1
    incident: IncidentId
    round: Annotated[int, Field(strict=True, ge=1)]
    evidence: Digest
    seat: Annotated[str, StringConstraints(pattern=r"^[a-z-]{3,40}$")]
    action: ActionId | None
    conf_bp: BasisPoints
    exp: Annotated[int, Field(strict=True, ge=0)]


class Opinion(Record):
    """The result of a seat's method: probabilities, with reason and citations.

    `probabilities` maps each candidate that the method can judge to the probability that the
    candidate's own check would pass; `none` is the probability that no candidate would help. The
    sum is at most 1; the rest is what the method cannot determine.
    """

    probabilities: dict[ActionId, float]
    none: float = Field(default=0.0, ge=0, le=1)
    reason: str = Field(max_length=2000)
    cites: tuple[str, ...] = ()
    """Ids of series, templates, changes, edges or states in the bundle."""
    tokens: tuple[int, int] = (0, 0)
    """Language model tokens (in, out)."""


class Ballot(Record):
    """A seat's claimed answer: the vote to sign and its reasons. Only the vote is signed."""

    vote: Vote
    tier: str
    """Name of the method that answered."""
    skipped: tuple[str, ...] = ()
    """The better tiers that failed, and why: `method: error`."""
    opinion: Opinion
    started_at: float
    answered_at: float
    """Seconds since 1970."""


class Choice(NamedTuple):
    """The best candidate of an opinion, or an abstention with its reason."""

    action: ActionId | None
    conf_bp: int
    reason: str


def choose(opinion: Opinion, penalty_bp: int) -> Choice:
    """Return the candidate with the highest probability, or an abstention.

    Abstains when `none` is at least as probable as the best candidate, and when several candidates
    are equally probable. `penalty_bp` is the bundle's confidence penalty, subtracted from the
    confidence.
    """
    ranked = sorted(opinion.probabilities.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] <= 0:
        return Choice(None, 0, "no candidate is supported")
    action, best = ranked[0]
    if opinion.none >= best:
        return Choice(None, 0, "it is most probable that no candidate helps")
    if len(ranked) > 1 and ranked[1][1] == best:
        return Choice(None, 0, "the best candidates are equally probable")
    return Choice(action, max(0, round(best * BASIS_POINTS) - penalty_bp), "best candidate")


class Score(NamedTuple):
    """A candidate's weighted confidence, as a fraction of the full weight."""

    action: ActionId
    share: Fraction


class Tally(NamedTuple):
    """The result of the votes."""

    action: ActionId | None
    """The action that the quorum authorises, or None."""
    ranking: tuple[Score, ...]
    """All candidates with a vote, best first, ties by id; for people only."""
    reason: str


def tally(votes: Iterable[Vote], seats: Iterable[Seat]) -> Tally:
    """Apply Q1, the canonical threshold over the full weight, then Q2, no role is pivotal.

    One vote per seat is expected; a seat with several counts as silent. `HEALTHY` is never
    authorised here: dismissal has its own rule.
    """
    seat_table = tuple(seats)
    weight, total = units(seat_table)
    role = {seat.name: seat.role for seat in seat_table}
    by_action: dict[ActionId, dict[str, int]] = {}
    for vote in _one_per_seat(votes):
        if vote.action is not None and vote.seat in weight:
            roles = by_action.setdefault(vote.action, {})
            share = weight[vote.seat] * vote.conf_bp
            roles[role[vote.seat]] = roles.get(role[vote.seat], 0) + share
    full = total * BASIS_POINTS
    scores = {a: Fraction(sum(roles.values()), full) for a, roles in by_action.items()}
    ranking = tuple(Score(*item) for item in sorted(scores.items(), key=lambda i: (-i[1], i[0])))
    best = next((score for score in ranking if score.action != HEALTHY), None)
    if best is None or best.share < AUTONOMOUS_THRESHOLD:
        return Tally(None, ranking, "below the threshold")
    pivotal = _pivotal_role(by_action[best.action], full)
    if pivotal:
        return Tally(None, ranking, f"role {pivotal} is pivotal")
    return Tally(best.action, ranking, "quorum")


def memory_decides(votes: Iterable[Vote], seats: Iterable[Seat]) -> bool:
    """Return whether the votes authorise an action that they would not without the memory.

    Anyone who causes incidents writes outcomes of earlier ones, so they may support an action and
    never carry it over the threshold.
    """
    cast, table = tuple(votes), tuple(seats)
    action = tally(cast, table).action
    others = tally((vote for vote in cast if vote.seat != HISTORY_SEAT), table)
    return action is not None and others.action != action


def _one_per_seat(votes: Iterable[Vote]) -> list[Vote]:
    by_seat: dict[str, set[Vote]] = {}
    for vote in votes:
        by_seat.setdefault(vote.seat, set()).add(vote)
    return [next(iter(cast)) for cast in by_seat.values() if len(cast) == 1]


def _pivotal_role(by_role: Mapping[str, int], full: int) -> str | None:
    """Return the role without which at most half of the remaining weight supports it, or None."""
    total = sum(by_role.values())
    for role, weight in ROLE_WEIGHTS.items():
        without = Fraction(total - by_role.get(role, 0), full)
        if 2 * without <= 1 - weight:
            return role
    return None
