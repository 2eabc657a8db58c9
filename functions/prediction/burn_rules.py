"""Error budgets on several windows, as the SRE Workbook alerts on them (chapter 5, Google, 2018).

A burn rate of 1 spends the budget of the objective's 30 days in 30 days. A rule holds when both a
long window, so that it matters, and a short one, so that it still goes on, burn that fast.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from quorum.seats.signals.traffic import Step, add_up

BUDGET: Final = 30 * 86400
"""Seconds that an objective is for."""
FEW: Final = 10.0
"""Failures in the long window below which a rate is chance."""


class Rule(NamedTuple):
    """Two windows in seconds, and the burn rate that both must reach."""

    long: int
    short: int
    rate: float


RULES: Final = (Rule(3600, 300, 14.4), Rule(21600, 1800, 6.0), Rule(259200, 21600, 1.0))
"""They spend 2 %, 5 % and 10 % of the budget; the first two page a person, the last can wait."""


class Burn(NamedTuple):
    """A rule as it stands."""

    rule: Rule
    long: float
    short: float
    """Burn rates of the two windows."""
    covered: bool
    """The series are as old as the long window; if not, it is judged on what there is."""
    holds: bool


def burns(told: Sequence[Step], objective: float, now: float) -> tuple[Burn, ...]:
    """Return how each rule stands at that time, the most urgent first; none without steps.

    `objective` is the share of requests that should succeed, below 1.
    """
    first = min((step.at for step in told), default=now)
    return tuple(_burn(told, rule, objective, now, first) for rule in RULES if told)


def spent_in(rate: float) -> float | None:
    """Return in how many seconds a whole budget is gone at that rate; None if it never is."""
    return BUDGET / rate if rate > 0 else None


def _burn(told: Sequence[Step], rule: Rule, objective: float, now: float, first: float) -> Burn:
    long, short = (add_up(told, now - span, now + 1) for span in rule[:2])
    allowed = max(1e-9, 1 - objective)
    rates = long.ratio / allowed, short.ratio / allowed
    enough = long.failures >= FEW
    return Burn(rule, *rates, first <= now - rule.long, enough and min(rates) >= rule.rate)
