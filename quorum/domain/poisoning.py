"""Evidence that denies autonomy to rollbacks: a security release, or failures of few callers.

Every caller of a service can make requests fail, whatever the version. An attacker who starts right
after a release makes it look faulty, and an automatic rollback would serve the attack.
"""

from typing import Final

from quorum.domain.call_graph import caller_distances
from quorum.domain.evidence import Bundle, Candidate, Spread
from quorum.domain.rollback_pins import (
    GOES_BACK,
    SECURITY,
    SECURITY_RELEASE,
    is_below,
    rollback_target,
)

LEAST_FAILING: Final = 10
"""Minimum failing requests with a known caller, and served ones, to conclude anything."""
LEAST_CALLERS: Final = 3
"""Minimum callers before the onset: among few, one always has most failures."""
SHARE_PERCENT: Final = 80
"""Share of the failures, from one caller or from new callers; docs/benchmarks.md measures it."""
USUAL_PERCENT: Final = 50
"""Above this share of the normal traffic, a caller's share of the failures is no evidence."""


def reasons_for_approval(bundle: Bundle, candidate: Candidate) -> list[str]:
    """Return why a person must decide: a security release, or failures of few callers."""
    states = (s.settings for s in bundle.states if s.resource == candidate.resource)
    release = next(states, {}).get(SECURITY)
    below_security_release = is_below(rollback_target(candidate), release)
    suspicious = suspicious_spread(bundle, candidate)
    return [
        *([f"it rolls back below {SECURITY_RELEASE} {release}"] if below_security_release else []),
        *([describe_spread(suspicious)] if suspicious else []),
    ]


def describe_spread(spread: Spread) -> str:
    """Return the spread as a sentence."""
    many, whose = spread.most, f"one {spread.field}"
    if not is_from_one_caller(spread):
        many, whose = spread.strangers, f"{spread.field}s that were not seen before"
    return f"{many} of {spread.failing} failing requests come from {whose}"


def suspicious_spread(bundle: Bundle, candidate: Candidate) -> Spread | None:
    """Return the suspicious spread, of the candidate's resource or of one that depends on it.

    None for a verb that does not roll back, and when no log line names callers.
    """
    if candidate.verb not in GOES_BACK:
        return None
    near = caller_distances(bundle, candidate.resource)
    shown = (s for s in bundle.spread if s.resource in near)
    return next((s for s in shown if is_from_one_caller(s) or is_from_new_callers(s)), None)


def is_from_one_caller(spread: Spread, percent: int = SHARE_PERCENT) -> bool:
    """Return whether one caller, without most of the earlier requests, has nearly all failures."""
    return (
        spread.failing >= LEAST_FAILING
        and spread.callers_before >= LEAST_CALLERS
        and 100 * spread.most >= percent * spread.failing
        and 100 * spread.most_before < USUAL_PERCENT * spread.before
    )


def is_from_new_callers(spread: Spread, percent: int = SHARE_PERCENT) -> bool:
    """Return whether new callers have nearly all failures, though other requests succeed.

    False where most callers are new anyway, or where no request succeeds any more.
    """
    return (
        spread.failing >= LEAST_FAILING
        and spread.served >= LEAST_FAILING
        and spread.callers_before >= LEAST_CALLERS
        and 100 * spread.strangers >= percent * spread.failing
        and 100 * spread.strangers_served < USUAL_PERCENT * spread.served
    )
