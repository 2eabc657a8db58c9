"""What the evidence shows that takes autonomy away from going back to a former version.

Whoever can call a service can make requests fail, whatever its version. Begun just after a release
that looks like a bad one, and a rollback that ends it would only do what they want.
"""

from typing import Final

from quorum.domain.call_graph import distances_up
from quorum.domain.evidence import Bundle, Candidate, Spread
from quorum.domain.rollback_pins import GOES_BACK, SECURITY, SECURITY_RELEASE, below, target

LEAST_FAILING: Final = 10
"""Failing requests whose caller is known, and served ones; of fewer nothing is said."""
LEAST_CALLERS: Final = 3
"""Callers before the onset: where there are few, one of them fails most anyway."""
SHARE_PERCENT: Final = 80
"""Of the failing requests, from one caller or from newcomers; docs/benchmarks.md measures it."""
USUAL_PERCENT: Final = 50
"""Whoever sends so much of what does not fail, fails most as well: that says nothing."""


def reservations(bundle: Bundle, candidate: Candidate) -> list[str]:
    """Return why a person is to decide: a security release, or failures of one caller's alone."""
    states = (s.settings for s in bundle.states if s.resource == candidate.resource)
    marked = next(states, {}).get(SECURITY)
    secure = below(target(candidate), marked)
    found = concentration(bundle, candidate)
    return [
        *([f"it goes below {SECURITY_RELEASE} {marked}"] if secure else []),
        *([told(found)] if found else []),
    ]


def told(spread: Spread) -> str:
    """Return what the spread shows, in a sentence."""
    many, whose = spread.most, f"one {spread.field}"
    if not is_concentrated(spread):
        many, whose = spread.strangers, f"{spread.field}s that were not seen before"
    return f"{many} of {spread.failing} failing requests come from {whose}"


def concentration(bundle: Bundle, candidate: Candidate) -> Spread | None:
    """Return the spread that shows it, on the candidate's resource or on one that depends on it.

    None for a verb that goes back to nothing, and where no log line names callers.
    """
    if candidate.verb not in GOES_BACK:
        return None
    near = distances_up(bundle, candidate.resource)
    shown = (s for s in bundle.spread if s.resource in near)
    return next((s for s in shown if is_concentrated(s) or is_strange(s)), None)


def is_concentrated(spread: Spread, percent: int = SHARE_PERCENT) -> bool:
    """Return whether one caller, who did not send most requests before, has nearly all failures."""
    return (
        spread.failing >= LEAST_FAILING
        and spread.callers_before >= LEAST_CALLERS
        and 100 * spread.most >= percent * spread.failing
        and 100 * spread.most_before < USUAL_PERCENT * spread.before
    )


def is_strange(spread: Spread, percent: int = SHARE_PERCENT) -> bool:
    """Return whether newcomers have nearly all failures, though others are served as well.

    Where most callers are new anyway, or nobody is served any more, that says nothing.
    """
    return (
        spread.failing >= LEAST_FAILING
        and spread.served >= LEAST_FAILING
        and spread.callers_before >= LEAST_CALLERS
        and 100 * spread.strangers >= percent * spread.failing
        and 100 * spread.strangers_served < USUAL_PERCENT * spread.served
    )
