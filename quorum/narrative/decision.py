"""The decision in words: what was decided, the score, and by how much it missed."""

from typing import Final

from quorum.domain.constants import BASIS_POINTS
from quorum.domain.events import DecisionMade
from quorum.narrative.formatting import THRESHOLD_BP, Actions, action, share
from quorum.narrative.safe_text import Verbatim, Words, outsider

_HEALTHY: Final = "The seats found nothing wrong; dismissed if the alarm goes back to OK."


def decision_words(decision: DecisionMade, known: Actions) -> Words:
    """Return what the votes came to, as sentences."""
    return (*_verdict(decision, known), " ", *_score(decision), " ", *_why(decision))


def missed_by(decision: DecisionMade) -> str:
    """Return how far the best score is from the threshold, as a share; empty when it reached it."""
    short = THRESHOLD_BP - decision.score_bp
    return share(short) if short > 0 else ""


def _verdict(decision: DecisionMade, known: Actions) -> Words:
    chosen = action(decision.action, known)
    match decision.route:
        case "execute":
            return ("The quorum decided to act: ", *chosen, ".")
        case "approve":
            return ("A person has to approve: ", *chosen, ".")
        case "dismiss" if decision.action is None:
            return (_HEALTHY,)
        case "dismiss":
            return (f"{_HEALTHY} If it does not, a person is asked about: ", *chosen, ".")
        case "escalate" if decision.action is None:
            return ("A person has to decide; the votes support no action.",)
        case "escalate":
            return ("A person has to decide; best supported: ", *chosen, ".")


def _score(decision: DecisionMade) -> Words:
    needed = f"{share(THRESHOLD_BP)} is needed"
    if decision.action is None:
        return (f"No action has a score; {needed} to act without a person.",)
    missed = missed_by(decision)
    tail = f"; it missed by {missed}" if missed else ""
    return (f"Score {share(decision.score_bp)} of {share(BASIS_POINTS)}; {needed}{tail}.",)


def _why(decision: DecisionMade) -> Words:
    level: Words = (" It goes to: ", Verbatim(decision.level), ".") if decision.level else ()
    return ("Reason: ", outsider(decision.reason), ".", *level)
