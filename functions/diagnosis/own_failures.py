"""New failures that are a resource's own, from totals: what its callees' do not explain.

The sums before and after the onset need no more of a past than a few periods, as counts bring
their own spread. With a longer one `functions.diagnosis.root_cause` is the better judge.
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
    """Return the resource's failures beyond its baseline, or None without a side of the onset."""
    before, after = before_and_after(bundle, resource)
    if not after.attempts or not (before.attempts or after.attempts == after.throttles):
        return None
    usual = after.attempts / before.attempts if before.attempts else 0.0
    return Excess(
        max(0.0, after.errors - before.errors * usual),
        max(0.0, after.throttles - before.throttles * usual),
        after.attempts,
    )


def own(
    bundle: Bundle, excesses: Mapping[str, Excess]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return, per (resource, symptom), the failures of its own and their sigma; the clear ones."""
    found = {}
    for resource, new in excesses.items():
        relayed = sum(
            _passed_on(bundle, resource, callee, excesses)
            for callee in callees(bundle, resource)
            if callee in excesses
        )
        rest = new.errors - relayed
        found[resource, "errors"] = (rest, rest / sqrt(new.errors + relayed + 2))
        found[resource, "throttles"] = (new.throttles, new.throttles / sqrt(new.throttles + 2))
    return {
        key: (size * (1 - upper_tail(sigma - 1)), sigma)
        for key, (size, sigma) in found.items()
        if sigma > 1
    }


def _passed_on(bundle: Bundle, caller: str, callee: str, excesses: Mapping[str, Excess]) -> float:
    """Return how many of the callee's failures its caller saw: by its share of the attempts."""
    attempts = [excesses[c].attempts for c in callers(bundle, callee) if c in excesses]
    share = excesses[caller].attempts / sum(attempts)
    return share * (excesses[callee].errors + excesses[callee].throttles)
