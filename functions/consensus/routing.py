"""Route of a decision, from the admitted votes: execute, approve, dismiss or escalate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from functions.consensus.admission import Admission
from functions.consensus.disagreement import disagreement
from quorum.domain.autonomy import Mode, Rule
from quorum.domain.base import Digest
from quorum.domain.catalogue import verb
from quorum.domain.constants import BASIS_POINTS, ESCALATION_LEVEL, PROPOSAL_SHARE
from quorum.domain.events import Route
from quorum.domain.evidence import Bundle, Candidate
from quorum.domain.evidence_gaps import reason_against_autonomy
from quorum.domain.evidence_times import seconds_to_next_look
from quorum.domain.incident_records import Opening
from quorum.domain.poisoning import reasons_for_approval
from quorum.domain.restrictions import Restriction, restricted_mode
from quorum.domain.seats import Seat
from quorum.domain.votes import HEALTHY, Score, Tally, Vote, tally


@dataclass(frozen=True, slots=True)
class RoundInputs:
    """The round's evidence, opening, configured rules and seats."""

    bundle: Bundle
    evidence: Digest
    opening: Opening | None
    """None for incidents that predate this record: those are never autonomous."""
    taken_over: bool
    rules: tuple[Rule, ...]
    restrictions: tuple[Restriction, ...]
    """Modes that people have lowered for now."""
    seats: Sequence[Seat]
    answered: bool = False
    """A person has answered an approval request of this incident that nothing followed yet."""


class Routed(NamedTuple):
    """The route, its action, and the level to ask when the quorum alone may not act."""

    route: Route
    action: str | None
    score_bp: int
    reason: str
    level: str | None


def route(counted: Tally, votes: Iterable[Vote], inputs: RoundInputs) -> Routed:
    """Return the route. Execution needs every condition to hold; anything else goes to a person.

    An action below `PROPOSAL_SHARE` is not proposed: it would look like advice, and is a guess.
    """
    best = next((s for s in counted.ranking if s.action != HEALTHY and s.share > 0), None)
    stands_out = best is not None and best.share >= PROPOSAL_SHARE
    action, score = (best.action, basis_points(best.share)) if best and stands_out else (None, 0)
    if inputs.taken_over:
        return Routed(
            "escalate", action, score, "a person has taken over the incident", ESCALATION_LEVEL
        )
    if inputs.answered:
        reason = "a person has answered the approval request of an earlier round"
        return Routed("approve", action, score, reason, ESCALATION_LEVEL)
    if counted.action is None and can_dismiss(votes, inputs):
        if action is not None and _mode(action, inputs) == "shadow":
            action = None  # a verb in shadow mode is never offered for approval
        return Routed("dismiss", action, score, "every detection seat reports healthy", None)
    if action is None:
        return Routed("escalate", None, 0, _no_proposal(best), ESCALATION_LEVEL)
    chosen, reason = _route_and_reason(counted, action, inputs)
    return Routed(chosen, action, score, reason, None if chosen == "execute" else ESCALATION_LEVEL)


def can_dismiss(votes: Iterable[Vote], inputs: RoundInputs) -> bool:
    """Return whether to dismiss: every detection seat votes healthy on complete evidence.

    Missing data is never evidence of health, so metrics must be there. An alarm that keeps firing
    needs a person.
    """
    detection = {seat.name for seat in inputs.seats if seat.role == "detection"}
    voting_healthy = {vote.seat for vote in votes if vote.action == HEALTHY and vote.conf_bp > 0}
    bundle, opening = inputs.bundle, inputs.opening
    return (
        detection <= voting_healthy
        and not bundle.gaps()
        and any(source.name == "metrics" and source.status == "ok" for source in bundle.sources)
        and not bundle.second_fault
        and opening is not None
        and not opening.flapping
    )


def decision_content(admitted: Admission, inputs: RoundInputs, now: float) -> dict[str, Any]:
    """Return DecisionMade's fields beyond those of every event, as JSON.

    `now` is in epoch seconds.
    """
    seats = inputs.seats
    counted = tally(admitted.votes(), seats)
    routed = route(counted, admitted.votes(), inputs)
    look = look_again_seconds(counted, routed, inputs, now)
    return {
        "round": inputs.bundle.round,
        "evidence": inputs.evidence,
        "route": routed.route,
        "action": routed.action,
        "score_bp": routed.score_bp,
        "ranking": [[score.action, basis_points(score.share)] for score in counted.ranking],
        "votes": [cast.model_dump(mode="json") for cast in admitted.cast()],
        "silent": [silent.model_dump(mode="json") for silent in admitted.silent],
        "reason": routed.reason,
        "level": routed.level,
        "certificate": list(admitted.certificate()),
        "disagreement": disagreement(admitted.votes(), seats, counted).model_dump(mode="json"),
        **({"look_again_seconds": look} if look else {}),
    }


def look_again_seconds(counted: Tally, routed: Routed, inputs: RoundInputs, now: float) -> int:
    """Return the seconds until the next look; 0 where the votes stand or more time adds nothing."""
    undecided = routed.route in {"approve", "escalate"} and counted.action is None
    if not undecided or inputs.taken_over or inputs.answered:
        return 0
    return seconds_to_next_look(inputs.bundle, now)


def basis_points(share: Fraction) -> int:
    """Return the share in basis points, rounded down: a share below a threshold stays below it."""
    return int(share * BASIS_POINTS)


def _no_proposal(best: Score | None) -> str:
    if best is None:
        return "no seat supports an action"
    score, least = basis_points(best.share) / BASIS_POINTS, float(PROPOSAL_SHARE)
    return f"no proposal stands out: the best score is {score:.2f}, below {least:.2f}"


def _route_and_reason(counted: Tally, action: str, inputs: RoundInputs) -> tuple[Route, str]:
    allowed = _mode(action, inputs)
    doubts = "; ".join(_doubts(counted, action, inputs))
    if allowed == "shadow":
        would = "requested approval" if doubts else "acted automatically"
        return "escalate", f"shadow mode: would have {would}: {doubts or counted.reason}"
    if doubts:
        return "approve", doubts
    if allowed == "approve":
        return "approve", f"{counted.reason}; the mode of this action is approve"
    return "execute", counted.reason


def _candidate(action: str, inputs: RoundInputs) -> Candidate:
    return next(c for c in inputs.bundle.candidates if c.id == action)


def _mode(action: str, inputs: RoundInputs) -> Mode:
    candidate = _candidate(action, inputs)
    return restricted_mode(inputs.rules, inputs.restrictions, candidate.verb, candidate.resource)


def _doubts(counted: Tally, action: str, inputs: RoundInputs) -> list[str]:
    """Return every reason against autonomous execution."""
    candidate = _candidate(action, inputs)
    opening, bundle = inputs.opening, inputs.bundle
    incomplete = reason_against_autonomy(bundle, action)
    doubts = [
        reason
        for holds, reason in (
            (counted.action is None, counted.reason),
            (opening is None, "intake has no record of how the incident opened"),
            (opening and opening.flapping, "flapping: the alarm fired again within 30 minutes"),
            (opening and opening.storm, "alarm storm: five incidents opened within 10 minutes"),
            (bundle.tried, "an earlier action of this incident did not end it"),
            (bundle.second_fault, "the evidence shows two independent faults"),
            (not verb(candidate.verb).reversible, f"{candidate.verb} cannot be undone"),
            (incomplete, incomplete or ""),
        )
        if holds
    ]
    return [*doubts, *reasons_for_approval(bundle, candidate)]
