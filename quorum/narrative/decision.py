"""A decision in words: the route, the score against the threshold, and the reason."""

from typing import Final

from quorum.domain.constants import BASIS_POINTS
from quorum.domain.events import DecisionMade
from quorum.narrative.formatting import THRESHOLD_BP, Actions, action, share
from quorum.narrative.safe_text import Verbatim, Words, outsider

_HEALTHY: Final = "no fault found; dismissed if the alarm returns to OK."


def decision_words(decision: DecisionMade, known: Actions) -> Words:
    """Return the decision as sentences."""
    return (*_verdict(decision, known), " ", *_score(decision), " ", *_why(decision))


def missed_by(decision: DecisionMade) -> str:
    """Return the best score's distance to the threshold, as a share; empty when it reached it."""
    short = THRESHOLD_BP - decision.score_bp
    return share(short) if short > 0 else ""


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
            return ("Decision: escalate to a person; the votes support no action.",)
        case "escalate":
            return ("Decision: escalate to a person; best supported action: ", *chosen, ".")


def _score(decision: DecisionMade) -> Words:
    threshold = f"threshold to act automatically: {share(THRESHOLD_BP)}"
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
