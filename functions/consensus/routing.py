"""From the tally to the way that follows: execute, ask, dismiss, or hand over to a person."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from functions.consensus.situation import Situation, healthy
from quorum.domain.autonomy import Mode
from quorum.domain.catalogue import verb
from quorum.domain.constants import BASIS_POINTS, ESCALATION_LEVEL
from quorum.domain.events import Route
from quorum.domain.evidence import Candidate
from quorum.domain.poisoning import reasons_for_approval
from quorum.domain.restrictions import restricted_mode
from quorum.domain.votes import HEALTHY, Tally, Vote


class Routed(NamedTuple):
    """The way, the action it is about, and who has to decide when the quorum may not."""

    route: Route
    action: str | None
    score_bp: int
    reason: str
    level: str | None


def route(tally: Tally, votes: Iterable[Vote], situation: Situation) -> Routed:
    """Return the way that follows. Autonomy is the exception, which everything has to allow."""
    best = next((s for s in tally.ranking if s.action != HEALTHY and s.share > 0), None)
    action, score = (best.action, basis_points(best.share)) if best else (None, 0)
    if situation.taken_over:
        return Routed(
            "escalate", action, score, "a person has taken over the incident", ESCALATION_LEVEL
        )
    if tally.action is None and healthy(votes, situation):
        if action is not None and _mode(action, situation) == "shadow":
            action = None  # a person is not asked about what nobody opted into
        return Routed("dismiss", action, score, "every detection seat reports healthy", None)
    if action is None:
        return Routed("escalate", None, 0, "no seat supports an action", ESCALATION_LEVEL)
    way, reason = _way(tally, action, situation)
    return Routed(way, action, score, reason, None if way == "execute" else ESCALATION_LEVEL)


def basis_points(share: Fraction) -> int:
    """Return the share in basis points, rounded down: what is below a threshold stays below it."""
    return int(share * BASIS_POINTS)


def _way(tally: Tally, action: str, situation: Situation) -> tuple[Route, str]:
    allowed = _mode(action, situation)
    doubts = "; ".join(_doubts(tally, action, situation))
    if allowed == "shadow":
        would = "requested approval" if doubts else "acted automatically"
        return "escalate", f"shadow mode: would have {would}: {doubts or tally.reason}"
    if doubts:
        return "approve", doubts
    if allowed == "approve":
        return "approve", f"{tally.reason}; the mode of this action is approve"
    return "execute", tally.reason


def _candidate(action: str, situation: Situation) -> Candidate:
    return next(c for c in situation.bundle.candidates if c.id == action)


def _mode(action: str, situation: Situation) -> Mode:
    candidate = _candidate(action, situation)
    return restricted_mode(
        situation.rules, situation.restrictions, candidate.verb, candidate.resource
    )


def _doubts(tally: Tally, action: str, situation: Situation) -> list[str]:
    """Return everything that takes autonomy away."""
    candidate = _candidate(action, situation)
    opening, bundle = situation.opening, situation.bundle
    known = [
        why
        for holds, why in (
            (tally.action is None, tally.reason),
            (opening is None, "intake has no record of how the incident opened"),
            (opening and opening.flapping, "flapping: the alarm fired again within 30 minutes"),
            (opening and opening.storm, "alarm storm: five incidents opened within 10 minutes"),
            (bundle.second_fault, "two independent faults are visible"),
            (not verb(candidate.verb).reversible, f"{candidate.verb} cannot be undone"),
            (not bundle.complete_enough(), "too much evidence is missing"),
        )
        if holds
    ]
    return [*known, *reasons_for_approval(bundle, candidate)]
