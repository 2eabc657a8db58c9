"""The decision in words: what was decided, the score, and by how much it missed."""

from functions.shared.domain.constants import BASIS_POINTS
from functions.shared.domain.events import DecisionMade
from functions.shared.narrative.naming import THRESHOLD_BP, Actions, action, share
from functions.shared.narrative.words import Words, outsider


def decision_words(decision: DecisionMade, known: Actions) -> Words:
    """Return what the votes came to, as sentences."""
    return (*_verdict(decision, known), " ", *_score(decision), " ", *_why(decision))


def missed_by(decision: DecisionMade) -> str:
    """Return how far the best score is from the threshold, as a share; empty when it reached it."""
    if decision.score_bp < THRESHOLD_BP:
        return share(THRESHOLD_BP - decision.score_bp)
    if decision.route != "execute" and "below" in decision.reason:
        return f"less than {share(1)}"  # the exact share is below, its rounding is not
    return ""


def _verdict(decision: DecisionMade, known: Actions) -> Words:
    chosen = action(decision.action, known)
    match decision.route:
        case "execute":
            return ("The quorum decided to act: ", *chosen, ".")
        case "approve":
            return ("A person has to approve: ", *chosen, ".")
        case "dismiss":
            return ("The seats found nothing wrong; dismissed if the alarm goes back to OK.",)
        case "escalate" if decision.action is None:
            return ("A person has to decide; the votes support no action.",)
        case "escalate":
            return ("A person has to decide; best supported: ", *chosen, ".")


def _score(decision: DecisionMade) -> Words:
    needed = f"{share(THRESHOLD_BP)} is needed"
    if decision.route == "dismiss" or (decision.action is None and not decision.ranking):
        return (f"No action has a score; {needed} to act without a person.",)
    missed = missed_by(decision)
    tail = f"; it missed by {missed}" if missed else ""
    return (f"Score {share(decision.score_bp)} of {share(BASIS_POINTS)}; {needed}{tail}.",)


def _why(decision: DecisionMade) -> Words:
    level = f" It goes to: {decision.level}." if decision.level else ""
    return ("Reason: ", outsider(decision.reason), f".{level}")
