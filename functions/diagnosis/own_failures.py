"""New failures of a resource's own, from totals: those that its callees' do not explain.

The sums before and after the onset need a baseline of a few periods only, as counts have a known
spread. With a longer one `functions.diagnosis.root_cause` is more accurate.
"""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

from quorum.domain.call_graph import callees, callers
from quorum.domain.evidence import Bundle
from quorum.seats.signals.distributions import upper_tail
from quorum.seats.signals.traffic import before_and_after


class Excess(NamedTuple):
    """New failures after the onset, in requests."""

    errors: float
    throttles: float
    attempts: float


def excess(bundle: Bundle, resource: str) -> Excess | None:
    """Return the resource's failures beyond its baseline; None without both sides of the onset."""
    before, after = before_and_after(bundle, resource)
    if not after.attempts or not (before.attempts or after.attempts == after.throttles):
        return None
    usual = after.attempts / before.attempts if before.attempts else 0.0
    return Excess(
        max(0.0, after.errors - before.errors * usual),
        max(0.0, after.throttles - before.throttles * usual),
        after.attempts,
    )


def own_failures(
    bundle: Bundle, excesses: Mapping[str, Excess]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return, per (resource, symptom), its own failures and their sigma, if above one sigma."""
    failures = {}
    for resource, new in excesses.items():
        relayed = sum(
            _passed_on(bundle, resource, callee, excesses)
            for callee in callees(bundle, resource)
            if callee in excesses
        )
        rest = new.errors - relayed
        failures[resource, "errors"] = (rest, rest / sqrt(new.errors + relayed + 2))
        failures[resource, "throttles"] = (new.throttles, new.throttles / sqrt(new.throttles + 2))
    return {
        key: (size * (1 - upper_tail(sigma - 1)), sigma)
        for key, (size, sigma) in failures.items()
        if sigma > 1
    }


def _passed_on(bundle: Bundle, caller: str, callee: str, excesses: Mapping[str, Excess]) -> float:
    """Return the callee's failures that this caller saw, by its share of the attempts."""
    attempts = [excesses[c].attempts for c in callers(bundle, callee) if c in excesses]
    share = excesses[caller].attempts / sum(attempts)
    return share * (excesses[callee].errors + excesses[callee].throttles)
