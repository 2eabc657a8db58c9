"""How urgent a burn is, and whom it reaches, for people: the vote does not rest on it."""

from typing import Final

from functions.prediction.blast_radius import blast_radius
from functions.prediction.burn_rules import burns, spent_in
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import steps

OBJECTIVE: Final = 0.99
"""Of resources whose objective is not declared."""
MOST: Final = 900
"""Characters of each text: names may be long."""
NAMED: Final = 4
"""Resources of the blast radius that are named."""


def burning_of(bundle: Bundle, resource: str, rate: float) -> str:
    """Return how fast the budget burns, by which rules, and when one of 30 days would be gone."""
    now, objective = bundle.taken_at.timestamp(), bundle.objectives.get(resource, OBJECTIVE)
    rules = [b for b in burns(steps(bundle, resource), objective, now) if b.holds]
    held = ", ".join(
        f"{b.short:.0f}x over {b.rule.short // 60} min, {b.long:.0f}x over "
        f"{'' if b.covered else 'a partial '}{b.rule.long // 3600} h"
        for b in rules[:1]
    )
    left = spent_in(rate)
    gone = f"; a 30-day budget would last {left / 3600:.0f} h" if left else ""
    told = f"{resource}: error budget burn rate {rate:.0f}x{held and f' ({held})'}{gone}"
    return told[:MOST]


def reach(bundle: Bundle) -> str:
    """Return who is reached, in the order of time, and who is next."""
    found, now = blast_radius(bundle), bundle.taken_at.timestamp()
    hit = [r.resource for r in found if r.probability == 1]
    ahead = [
        f"{r.resource} in {r.at - now:.0f} s ({r.probability:.0%})" for r in found if r.at > now
    ]
    first = f"; affected so far, in order: {', '.join(hit[:NAMED])}" if hit else ""
    return (first + (f"; next: {', '.join(ahead[:NAMED])}" if ahead else ""))[:MOST]
