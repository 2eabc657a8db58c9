"""Outcomes of votes: right, wrong, or None where the log proves neither."""

from quorum.domain.events import VoteCast
from quorum.domain.incident import Incident, Round
from quorum.domain.memories import SeatOutcome
from quorum.domain.votes import HEALTHY


def verb_taken(incident: Incident) -> str | None:
    """Return the verb of the executed action, or None without one."""
    last = incident.last_action
    return last.captured.candidate.verb if last and last.captured else None


def resource_acted_on(incident: Incident) -> str:
    """Return the resource of the executed action; empty without one."""
    last = incident.last_action
    return last.captured.candidate.resource if last and last.captured else ""


def action_helped(incident: Incident) -> bool | None:
    """Return whether the last action helped; None if there was none, or it is unknown."""
    last = incident.last_action
    return _helped(last) if last else None


def _helped(one: Round) -> bool | None:
    """Return whether the round's action helped, by its own verification; None if unknown.

    An action that helped in part is neither right nor wrong.
    """
    if one.taken is None:
        return None
    if one.undone is not None:
        return False
    if one.checked is None or one.checked.verdict in {"unverified", "partial"}:
        return None
    return one.checked.verdict == "recovered"


def seat_outcomes(incident: Incident) -> tuple[SeatOutcome, ...]:
    """Return one outcome per vote: of each round with an action, and of the last one.

    A look that led to no action is left out, so that votes that were repeated count once.
    """
    rounds = incident.rounds
    counted = [one for one in rounds if one.taken is not None or one is rounds[-1]]
    return tuple(
        SeatOutcome(
            seat=vote.seat,
            tier=vote.tier,
            action=vote.action,
            conf_bp=vote.conf_bp,
            right=_vote_was_right(vote, one, incident),
        )
        for one in counted
        for vote in one.decision.votes
    )


def _vote_was_right(vote: VoteCast, one: Round, incident: Incident) -> bool | None:
    if vote.action == HEALTHY:
        dismissed = incident.closed is not None and incident.closed.outcome == "dismissed"
        return True if dismissed else None
    if one.taken is None or vote.action != one.taken.action:
        return None
    return _helped(one)
