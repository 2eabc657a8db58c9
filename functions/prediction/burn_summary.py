"""Summary of a burn and its blast radius, for people: the vote does not depend on it."""

from typing import Final

from functions.prediction.blast_radius import blast_radius
from functions.prediction.burn_rules import burn_statuses, seconds_to_exhaustion
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import steps

OBJECTIVE: Final = 0.99
"""Default for resources without a declared objective."""
MAX_CHARACTERS: Final = 900
"""Length of each text: names may be long."""
MAX_RESOURCES: Final = 4
"""Resources of the blast radius that are named."""


def burn_text(bundle: Bundle, resource: str, rate: float) -> str:
    """Return the burn rate, the rules that hold, and the time until the budget is gone."""
    now, objective = bundle.taken_at.timestamp(), bundle.objectives.get(resource, OBJECTIVE)
    rules = [b for b in burn_statuses(steps(bundle, resource), objective, now) if b.holds]
    windows = ", ".join(
        f"{b.short:.0f} over {b.rule.short // 60} min and {b.long:.0f} over {b.rule.long // 3600} h"
        f"{'' if b.covered else ' as far as seen'}"
        for b in rules[:1]
    )
    left = seconds_to_exhaustion(rate)
    gone = f"; a budget of 30 days would be gone in {left / 3600:.0f} h" if left else ""
    text = (
        f"{resource} burns its budget {rate:.0f} times too fast{windows and f' ({windows})'}{gone}"
    )
    return text[:MAX_CHARACTERS]


def blast_radius_text(bundle: Bundle) -> str:
    """Return the reached resources in the order of time, and the next ones."""
    reached, now = blast_radius(bundle), bundle.taken_at.timestamp()
    failing = [r.resource for r in reached if r.probability == 1]
    upcoming = [
        f"{r.resource} in {r.at - now:.0f} s, {r.probability:.0%}" for r in reached if r.at > now
    ]
    first = (
        f"; reached so far, in this order: {', '.join(failing[:MAX_RESOURCES])}" if failing else ""
    )
    text = first + (f"; next: {', '.join(upcoming[:MAX_RESOURCES])}" if upcoming else "")
    return text[:MAX_CHARACTERS]
