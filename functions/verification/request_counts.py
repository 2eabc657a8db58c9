"""Sums of requests and errors over periods, and the share of requests that may or did fail."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from quorum.domain.statistics import wilson

Points = Mapping[int, float]
"""Start of the period, in epoch seconds → value."""
BASELINE_PERIODS: Final = 30
"""Periods before the onset that describe the usual traffic, or the window if that is longer."""
MOST: Final = 0.95
"""Upper bound of both shares: a share of 1 would let a single request decide."""
CLEARLY: Final = 2
"""Multiple of the allowed share from which errors are a symptom of the fault."""
Z80: Final = 0.84
"""Quantile of the normal distribution for a one-sided bound at 80 %."""
UNKNOWN_FAULT: Final = 0.5
"""Failing share of a fault that was not one of errors, such as latency or throttling."""


class Counts(NamedTuple):
    """Requests, and how many of them failed."""

    requests: float
    errors: float

    @property
    def share(self) -> float:
        """Return the share of requests that failed; 0 without requests."""
        return min(1.0, self.errors / self.requests) if self.requests > 0 else 0.0

    @property
    def successes(self) -> float:
        """Return the requests that did not fail."""
        return max(0.0, self.requests - self.errors)


class Usual(NamedTuple):
    """The traffic before the onset: requests per second, and the share that failed."""

    rate: float
    share: float


def by_period(points: Iterable[tuple[int, float]], period: int) -> Points:
    """Return the sums per period, whose starts are multiples of its length."""
    sums: dict[int, float] = {}
    for at, value in points:
        start = at // period * period
        sums[start] = sums.get(start, 0.0) + value
    return sums


def count(served: Points, failed: Points, start: float, end: float) -> Counts:
    """Return the sums over the periods that begin in [start, end)."""
    return Counts(_sum(served, start, end), _sum(failed, start, end))


def usual_traffic(served: Points, failed: Points, onset: int, period: int, window: int) -> Usual:
    """Return the usual traffic, over BASELINE_PERIODS or as far back as there are points.

    The share is the lower one of the whole baseline and its last window: an earlier fault within
    the baseline must not make this one look usual.
    """
    start = onset - max(window, BASELINE_PERIODS * period)
    known = [at for at in served if start <= at < onset]
    if not known:
        return Usual(0.0, 0.0)
    whole = count(served, failed, min(known), onset)
    recent = count(served, failed, onset - window, onset)
    return Usual(whole.requests / (onset - min(known)), min(whole.share, recent.share))


def allowed_share(usual: Usual, objective: float) -> float:
    """Return the failing share that is no fault: that of the objective, or the usual one."""
    return min(MOST, max(1 - objective, usual.share))


def shows_errors(counts: Counts, allowed: float) -> bool:
    """Return whether errors are a symptom: more than CLEARLY times the allowed share failed."""
    return counts.share > CLEARLY * allowed


def fault_share(during: Counts, allowed: float, z: float = 0.0) -> float:
    """Return the failing share of the fault, from the traffic between the onset and the effect.

    With a normal quantile `z` it is the lower bound of Wilson's interval: the alarm fired on these
    very errors, so that few requests overstate the share. Where errors were not a symptom, it is
    UNKNOWN_FAULT.
    """
    if not shows_errors(during, allowed):
        return max(UNKNOWN_FAULT, (1 + allowed) / 2)
    lower = wilson(during.errors, during.requests, z).lower
    return min(MOST, max(CLEARLY * allowed, lower))


def is_halved(during: Counts, after: Counts, allowed: float) -> bool:
    """Return whether at most half as many requests fail as during the fault, at 80 % confidence.

    It compares the upper bound of Wilson's interval with the fault's share. False where errors were
    not a symptom of the fault.
    """
    if not shows_errors(during, allowed) or after.requests <= 0:
        return False
    return wilson(after.errors, after.requests, Z80).upper <= during.share / 2


def _sum(points: Points, start: float, end: float) -> float:
    return sum(value for at, value in points.items() if start <= at < end)
