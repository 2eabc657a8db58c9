"""Outcomes of votes: right, wrong, or None where the log proves neither."""

from quorum.domain.events import VoteCast
from quorum.domain.incident import Incident
from quorum.domain.memories import SeatOutcome
from quorum.domain.votes import HEALTHY


def verb_taken(incident: Incident) -> str | None:
    """Return the verb of the executed action, or None without one."""
    if incident.taken is None or incident.captured is None:
        return None
    return incident.captured.candidate.verb


def action_helped(incident: Incident) -> bool | None:
    """Return whether the executed action helped; None if there was none, or it is unknown."""
    if incident.taken is None:
        return None
    if incident.undone is not None:
        return False
    if incident.checked is None or incident.checked.verdict == "unverified":
        return None
    return incident.checked.verdict == "recovered"


def seat_outcomes(incident: Incident) -> tuple[SeatOutcome, ...]:
    """Return one outcome per vote of the decision."""
    votes = incident.decision.votes if incident.decision else ()
    return tuple(
        SeatOutcome(
            seat=vote.seat,
            tier=vote.tier,
            action=vote.action,
            conf_bp=vote.conf_bp,
            right=_vote_was_right(vote, incident),
        )
        for vote in votes
    )


def _vote_was_right(vote: VoteCast, incident: Incident) -> bool | None:
    if vote.action == HEALTHY:
        dismissed = incident.closed is not None and incident.closed.outcome == "dismissed"
        return True if dismissed else None
    if incident.taken is None or vote.action != incident.taken.action:
        return None
    return action_helped(incident)
