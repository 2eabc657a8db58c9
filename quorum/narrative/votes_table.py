"""The table of votes, one row per seat, and the most confident single vote for comparison."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from quorum.domain.base import OutsiderText
from quorum.domain.events import DecisionMade, SeatSilent, VoteCast
from quorum.domain.seats import SEATS
from quorum.narrative.formatting import Actions, action, share
from quorum.narrative.safe_text import Verbatim, Words, join, outsider

_ROLES: Final = {seat.name: seat.role for seat in SEATS}
_ORDER: Final = {seat.name: place for place, seat in enumerate(SEATS)}


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One seat's line in the table of votes."""

    seat: str
    role: str
    tier: str | None
    """The method that voted; None without a vote."""
    action: Words
    conf_bp: int | None
    """Confidence in basis points; None for an abstention or a missing vote."""
    reason: OutsiderText
    cites: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    """Failures of the seat's preferred methods, as `method: error`."""


def seat_rows(decision: DecisionMade, known: Actions) -> tuple[SeatRow, ...]:
    """Return one row per seat, in the order of the seat table; unknown seats come last."""
    rows = [_voted(vote, known) for vote in decision.votes]
    rows += [_silent(silent) for silent in decision.silent]
    return tuple(sorted(rows, key=lambda row: (_ORDER.get(row.seat, len(_ORDER)), row.seat)))


def best_voters(decision: DecisionMade) -> tuple[VoteCast, ...]:
    """Return the votes with the highest confidence; empty when every seat abstained."""
    chose = [vote for vote in decision.votes if vote.action is not None]
    highest = max((vote.conf_bp for vote in chose), default=0)
    return tuple(vote for vote in chose if vote.conf_bp == highest)


def beside_the_quorum(decision: DecisionMade, known: Actions) -> Words:
    """Return the most confident single vote and whether the quorum agrees with it."""
    best = best_voters(decision)
    if not best:
        return ("No seat voted for an action.",)
    chosen = dict.fromkeys(vote.action for vote in best)
    alone = join([_alone(best, action_id, known) for action_id in chosen], "; ")
    same = set(chosen) == {decision.action}
    agreement = "is the same" if same else "differs"
    return (
        "Most confident seat: ",
        *alone,
        f". The quorum's best action {agreement}: ",
        *action(decision.action, known),
        f", score {share(decision.score_bp)}.",
    )


def _alone(best: Iterable[VoteCast], action_id: str | None, known: Actions) -> Words:
    """Return the seats among the best that chose this action, and their confidence."""
    votes = [vote for vote in best if vote.action == action_id]
    seats = join([(Verbatim(vote.seat), " (", Verbatim(vote.tier), ")") for vote in votes])
    each = " each" if len(votes) > 1 else ""
    return (*seats, f" {share(votes[0].conf_bp)}{each} for: ", *action(action_id, known))


def _voted(vote: VoteCast, known: Actions) -> SeatRow:
    abstained = vote.action is None
    return SeatRow(
        seat=vote.seat,
        role=_ROLES.get(vote.seat, "unknown"),
        tier=vote.tier,
        action=("abstained",) if abstained else action(vote.action, known),
        conf_bp=None if abstained else vote.conf_bp,
        reason=outsider(vote.reason),
        cites=vote.cites,
        skipped=vote.skipped,
    )


def _silent(silent: SeatSilent) -> SeatRow:
    return SeatRow(
        seat=silent.seat,
        role=_ROLES.get(silent.seat, "unknown"),
        tier=None,
        action=("no valid vote",),
        conf_bp=None,
        reason=outsider(silent.reason),
    )
