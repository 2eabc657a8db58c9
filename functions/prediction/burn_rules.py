"""Multi-window burn-rate rules for error budgets (SRE Workbook, chapter 5; Google, 2018).

A burn rate of 1 spends the budget of the objective's 30 days in 30 days. A rule holds if both its
long window, for significance, and its short one, for recency, burn at its rate.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from quorum.seats.signals.traffic import Step, add_up

BUDGET_SECONDS: Final = 30 * 86400
"""The period of an objective."""
MIN_FAILURES: Final = 10.0
"""Failures in the long window below which a rate is noise."""


class BurnRule(NamedTuple):
    """Two windows in seconds, and the burn rate that both must reach."""

    long: int
    short: int
    rate: float


BURN_RULES: Final = (
    BurnRule(3600, 300, 14.4),
    BurnRule(21600, 1800, 6.0),
    BurnRule(259200, 21600, 1.0),
)
"""They spend 2 %, 5 % and 10 % of the budget; the first two page a person, the last can wait."""


class BurnStatus(NamedTuple):
    """A rule's current state."""

    rule: BurnRule
    long: float
    short: float
    """Burn rates of the two windows."""
    covered: bool
    """True if the series cover the long window; if not, the available part is judged."""
    holds: bool


def burn_statuses(observed: Sequence[Step], objective: float, now: float) -> tuple[BurnStatus, ...]:
    """Return each rule's status at that time, the most urgent first; empty without steps.

    `objective` is the share of requests that should succeed, below 1.
    """
    first = min((step.at for step in observed), default=now)
    return tuple(
        _burn_status(observed, rule, objective, now, first) for rule in BURN_RULES if observed
    )


def seconds_to_exhaustion(rate: float) -> float | None:
    """Return the seconds until a whole budget is spent at that rate; None if never."""
    return BUDGET_SECONDS / rate if rate > 0 else None


def _burn_status(
    observed: Sequence[Step], rule: BurnRule, objective: float, now: float, first: float
) -> BurnStatus:
    long, short = (add_up(observed, now - span, now + 1) for span in rule[:2])
    allowed = max(1e-9, 1 - objective)
    rates = long.ratio / allowed, short.ratio / allowed
    enough = long.failures >= MIN_FAILURES
    return BurnStatus(rule, *rates, first <= now - rule.long, enough and min(rates) >= rule.rate)
