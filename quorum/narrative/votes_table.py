"""Who voted what, and why; and the best single voter beside the quorum."""

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
    """The method that answered; None when none did."""
    action: Words
    conf_bp: int | None
    """Confidence; None when the seat abstained or was silent."""
    reason: OutsiderText
    cites: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    """Why its better methods did not answer."""


def seat_rows(decision: DecisionMade, known: Actions) -> tuple[SeatRow, ...]:
    """Return one row per seat, in the order of the seat table; unknown seats come last."""
    rows = [_voted(vote, known) for vote in decision.votes]
    rows += [_silent(silent) for silent in decision.silent]
    return tuple(sorted(rows, key=lambda row: (_ORDER.get(row.seat, len(_ORDER)), row.seat)))


def best_voters(decision: DecisionMade) -> tuple[VoteCast, ...]:
    """Return the votes with the highest confidence of all; empty when nobody chose anything."""
    chose = [vote for vote in decision.votes if vote.action is not None]
    highest = max((vote.conf_bp for vote in chose), default=0)
    return tuple(vote for vote in chose if vote.conf_bp == highest)


def beside_the_quorum(decision: DecisionMade, known: Actions) -> Words:
    """Return what the most confident single seat would have done, beside what the quorum did."""
    best = best_voters(decision)
    if not best:
        return ("No seat chose anything, so there is no single voter to compare with.",)
    chosen = dict.fromkeys(vote.action for vote in best)
    alone = join([_alone(best, action_id, known) for action_id in chosen], "; ")
    same = set(chosen) == {decision.action}
    agreement = "the same as" if same else "not the same as"
    return (
        "Most confident alone: ",
        *alone,
        f". That is {agreement} the quorum's best, ",
        *action(decision.action, known),
        f", with score {share(decision.score_bp)}.",
    )


def _alone(best: Iterable[VoteCast], action_id: str | None, known: Actions) -> Words:
    """Return who of the best chose this action, and how surely."""
    votes = [vote for vote in best if vote.action == action_id]
    who = join([(Verbatim(vote.seat), " by ", Verbatim(vote.tier)) for vote in votes])
    each = " each" if len(votes) > 1 else ""
    return (*who, f" with {share(votes[0].conf_bp)}{each} for: ", *action(action_id, known))


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
        action=("no answer that counts",),
        conf_bp=None,
        reason=outsider(silent.reason),
    )
