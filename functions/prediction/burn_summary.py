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
        f"{b.short:.0f}x over {b.rule.short // 60} min, {b.long:.0f}x over "
        f"{'' if b.covered else 'a partial '}{b.rule.long // 3600} h"
        for b in rules[:1]
    )
    left = seconds_to_exhaustion(rate)
    gone = f"; a 30-day budget would last {left / 3600:.0f} h" if left else ""
    burn = f"error budget burn rate {rate:.0f}x{windows and f' ({windows})'}"
    text = f"{resource}: {burn}{gone}"
    return text[:MAX_CHARACTERS]


def blast_radius_text(bundle: Bundle) -> str:
    """Return the reached resources in the order of time, and the next ones."""
    reached, now = blast_radius(bundle), bundle.taken_at.timestamp()
    failing = [r.resource for r in reached if r.probability == 1]
    upcoming = [
        f"{r.resource} in {r.at - now:.0f} s ({r.probability:.0%})" for r in reached if r.at > now
    ]
    first = f"; affected so far, in order: {', '.join(failing[:MAX_RESOURCES])}" if failing else ""
    text = first + (f"; next: {', '.join(upcoming[:MAX_RESOURCES])}" if upcoming else "")
    return text[:MAX_CHARACTERS]
