"""A decision in words: the route, the score against the threshold, and the reason."""

from typing import Final

from quorum.domain.constants import BASIS_POINTS, PROPOSAL_SHARE
from quorum.domain.events import DecisionMade
from quorum.domain.votes import HEALTHY
from quorum.narrative.formatting import THRESHOLD_BP, Actions, action, share
from quorum.narrative.safe_text import Verbatim, Words, outsider

PROPOSAL_BP: Final = int(PROPOSAL_SHARE * BASIS_POINTS)
_HEALTHY: Final = "no fault found; dismissed if the alarm returns to OK."


def decision_words(decision: DecisionMade, known: Actions) -> Words:
    """Return the decision as sentences."""
    return (*_verdict(decision, known), " ", *_score(decision, known), " ", *_why(decision))


def missed_by(decision: DecisionMade) -> str:
    """Return the best score's distance to the threshold, as a share; empty when it reached it."""
    short = THRESHOLD_BP - decision.score_bp
    return share(short) if short > 0 else ""


def best_below(decision: DecisionMade) -> tuple[str, int] | None:
    """Return the best action where no proposal stands out, and its score in basis points."""
    if decision.route != "escalate" or decision.action is not None:
        return None
    supported = ((a, score) for a, score in decision.ranking if a != HEALTHY and score > 0)
    best = next(supported, None)
    return best if best and best[1] < PROPOSAL_BP else None


def _verdict(decision: DecisionMade, known: Actions) -> Words:
    chosen = action(decision.action, known)
    match decision.route:
        case "execute":
            return ("Decision: act automatically: ", *chosen, ".")
        case "approve":
            return ("Decision: approval needed for: ", *chosen, ".")
        case "dismiss" if decision.action is None:
            return (f"Decision: {_HEALTHY}",)
        case "dismiss":
            return (f"Decision: {_HEALTHY} Otherwise approval is requested for: ", *chosen, ".")
        case "escalate" if decision.action is None:
            none = best_below(decision) is None
            why = "the votes support no action" if none else "no proposal stands out"
            return (f"Decision: escalate to a person; {why}.",)
        case "escalate":
            return ("Decision: escalate to a person; best supported action: ", *chosen, ".")


def _score(decision: DecisionMade, known: Actions) -> Words:
    threshold = f"threshold to act automatically: {share(THRESHOLD_BP)}"
    below = best_below(decision)
    if below is not None:
        best, best_bp = below
        least = f"proposed from {share(PROPOSAL_BP)}"
        score = f"Best score {share(best_bp)} of {share(BASIS_POINTS)} ({least}): "
        return (score, *action(best, known), ".")
    if decision.action is None:
        return (f"No action was scored ({threshold}).",)
    missed = missed_by(decision)
    tail = f", {missed} short" if missed else ""
    score = f"{share(decision.score_bp)} of {share(BASIS_POINTS)}"
    return (f"Score {score} ({threshold}{tail}).",)


def _why(decision: DecisionMade) -> Words:
    label = " Approver role: " if decision.route == "approve" else " Escalation level: "
    level: Words = (label, Verbatim(decision.level), ".") if decision.level else ()
    return ("Reason: ", outsider(decision.reason), ".", *level)
