"""Votes as lines of a message: all of them, or those that matter for one action."""

from quorum.domain.events import DecisionMade
from quorum.narrative import (
    Actions,
    SeatRow,
    Verbatim,
    Words,
    beside_the_quorum,
    best_voters,
    names,
    plural,
    seat_rows,
    share,
)


def every_vote(decision: DecisionMade, known: Actions) -> list[Words]:
    """Return one line per seat, and the most confident one where it differs from the decision."""
    supporting = {vote.seat for vote in decision.votes if _supports(vote.action, decision.action)}
    lines = [_line(row, supports=row.seat in supporting) for row in seat_rows(decision, known)]
    differs = {vote.action for vote in best_voters(decision)} - {decision.action}
    return [*lines, *([beside_the_quorum(decision, known)] if differs else [])]


def votes_on(action_id: str, decision: DecisionMade, known: Actions) -> list[Words]:
    """Return how many seats voted for the action, and one line per vote for another one."""
    chosen = {vote.seat: vote.action for vote in decision.votes if vote.action is not None}
    seats = plural(len(decision.votes) + len(decision.silent), "seat")
    supporting = sum(_supports(vote, action_id) for vote in chosen.values())
    score = share(dict(decision.ranking).get(action_id, 0))
    others = [
        _line(row)
        for row in seat_rows(decision, known)
        if chosen.get(row.seat, action_id) != action_id
    ]
    return [(f"{supporting} of {seats} voted for it; score {score}.",), *others]


def _supports(vote: str | None, action_id: str | None) -> bool:
    return vote is not None and vote == action_id


def _line(row: SeatRow, *, supports: bool = False) -> Words:
    sure = "" if row.conf_bp is None else f" {share(row.conf_bp)}"
    vote: Words = ("for it",) if supports else row.action
    by: Words = (" (", Verbatim(row.tier), ")") if row.tier else ()
    cites: Words = ("; evidence: ", *names(row.cites)) if row.cites else ()
    return (Verbatim(row.seat), *by, f"{sure}: ", *vote, ". ", row.reason, *cites)
