"""Features of one resource around the onset, from ratios; each in 0 to 1, how clearly it shows."""

from math import exp, log, sqrt
from statistics import fmean, median
from typing import Final, NamedTuple

from quorum.domain.call_graph import callees
from quorum.domain.evidence import Bundle, Measure
from quorum.seats.signals.traffic import (
    Traffic,
    before_and_after,
    complete_points,
    points,
    versions,
)

SLIGHT: Final = 0.02
CLEAR: Final = 0.08
"""A share that rises by less than SLIGHT has not risen; by more than CLEAR, it clearly has."""
SLOW: Final = 1.5
FEW: Final = 0.5
UNKNOWN: Final = 0.5


_PACE: Final[tuple[Measure, ...]] = ("latency", "requests")


class Features(NamedTuple):
    """Observed features of a resource; also, as likelihoods, those of a kind of fault."""

    throttled: float
    """Attempts are throttled."""
    failing: float
    """More attempts fail than before."""
    relayed: float
    """No more fail than the callees fail."""
    since_first: float
    """The newest version has failed at the same rate since its first request."""
    attempts: float = 0.0


def features(bundle: Bundle, resource: str) -> Features | None:
    """Return the resource's features, or None without requests on one side of the onset."""
    before, after = before_and_after(bundle, resource)
    if not after.attempts or not (before.attempts or after.attempts == after.throttles):
        return None
    chance = sqrt(after.failures + 1) / after.attempts
    rise = after.ratio - before.ratio - chance
    throttled = _share(after.throttles, after) - _share(before.throttles, before) - chance
    return Features(
        throttled=_clear(throttled),
        failing=_clear(rise),
        relayed=_relayed(bundle, resource, rise * after.attempts),
        since_first=_clear(rise) * _failed_since_first(bundle, resource),
        attempts=after.attempts,
    )


def slower(bundle: Bundle, resource: str) -> bool:
    """Return whether latency is far above any before, or the requests halved.

    Latency of single periods varies widely: the median of the newest half counts, against the ninth
    decile before. Requests of an incomplete period are not fewer.
    """
    latency, requests = (_sides(bundle, resource, m) for m in _PACE)
    slow = latency[0] and latency[1] and _exceeds(*latency)
    fewer = requests[0] and requests[1] and fmean(requests[1]) < FEW * fmean(requests[0])
    return bool(slow or fewer)


def _exceeds(before: list[float], after: list[float]) -> bool:
    usual, now = median(before), median(after[len(after) // 2 :])
    return now > max(SLOW * usual, sorted(before)[int(0.9 * (len(before) - 1))])


def _sides(bundle: Bundle, resource: str, measure: Measure) -> tuple[list[float], list[float]]:
    """Return the measure's values before the onset, and from it on, oldest first."""
    found = points(bundle, resource, measure)
    series = sorted((complete_points(bundle, found) if measure == "requests" else found).items())
    before = [value for at, value in series if at < bundle.onset]
    return before, [value for at, value in series if at >= bundle.onset]


def _share(count: float, of: Traffic) -> float:
    return count / of.attempts if of.attempts else 0.0


def _clear(rise: float) -> float:
    return min(1.0, max(0.0, (rise - SLIGHT) / (CLEAR - SLIGHT)))


def _relayed(bundle: Bundle, resource: str, excess: float) -> float:
    callee_failures = 0.0
    for callee in callees(bundle, resource):
        before, after = before_and_after(bundle, callee)
        callee_failures += max(0.0, after.failures - before.ratio * after.attempts)
    return min(1.0, callee_failures / excess) if excess >= 1 else 0.0


def _failed_since_first(bundle: Bundle, resource: str) -> float:
    """Return how well one failure rate explains all of the newest version's requests.

    It is a likelihood ratio against *good at first, then bad*, with that break anywhere. Without
    series by version it is UNKNOWN; a version that served all along scores 0.
    """
    if not versions(bundle, resource):
        return UNKNOWN
    newest = _newest(bundle, resource)
    if newest is None:
        return 0.0
    requests = points(bundle, resource, "requests", newest)
    errors = points(bundle, resource, "errors", newest)
    steps = [(n, min(n, errors.get(at, 0.0))) for at, n in sorted(requests.items()) if n > 0]
    n, k = sum(s[0] for s in steps), sum(s[1] for s in steps)
    if not k:
        return 0.0
    best, n0, k0 = _log_likelihood(n, k), 0.0, 0.0
    for step in steps[:-1]:
        n0, k0 = n0 + step[0], k0 + step[1]
        if k0 / n0 < (k - k0) / (n - n0):
            best = max(best, _log_likelihood(n0, k0) + _log_likelihood(n - n0, k - k0))
    return exp(min(0.0, _log_likelihood(n, k) - best + log(len(steps) + 1)))


def _newest(bundle: Bundle, resource: str) -> str | None:
    """Return the version with the latest first request, if another one served before it."""
    served = {v: points(bundle, resource, "requests", v) for v in versions(bundle, resource)}
    firsts = {v: min(requests) for v, requests in served.items() if requests}
    if len(set(firsts.values())) <= 1:
        return None
    return max(firsts, key=lambda v: (firsts[v], v))


def _log_likelihood(n: float, k: float) -> float:
    rate = min(1 - 1e-6, max(1e-6, (k + 0.01) / (n + 0.02)))
    return k * log(rate) + (n - k) * log(1 - rate)
