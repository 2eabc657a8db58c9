"""Verdict on traffic since the effect: healthy, failing as before, degraded, or silent.

Requests are counted over the whole time since the effect, and two hypotheses are compared: the
requests fail as they did between the onset and the effect, or no more than is allowed. The test is
Wald's sequential probability ratio (1945), whose error bounds hold however often it is repeated.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from math import log
from typing import Final, Literal, NamedTuple

from functions.verification.request_counts import (
    BASELINE_PERIODS,
    Z80,
    Counts,
    Points,
    allowed_share,
    by_period,
    count,
    fault_share,
    is_halved,
    shows_errors,
    usual_traffic,
)
from functions.verification.traffic_metrics import TrafficMetrics
from quorum.ports.telemetry import MetricQuery, MetricSource

COMPARABLE_SHARE: Final = 0.5
"""Share of the requests before the onset that makes traffic comparable."""
MIN_SUCCESSES: Final = 5
FALSELY_HEALTHY: Final = 0.05
"""Upper bound of the probability that a fault which persists is found healthy."""
FALSELY_FAILING: Final = 0.01
"""Upper bound of the probability that traffic which is as allowed is found failing."""
MIN_FAILING_PERIODS: Final = 2


class ObservationTimes(NamedTuple):
    """Epoch seconds, and the length of a window in seconds.

    From `settled` on the effect has reached every request: readers may cache a setting.
    """

    onset: float
    effect: float
    settled: float
    now: float
    window: int


class ObservedTraffic(NamedTuple):
    """One resource's verdict, and its counts since the effect (or since it became healthy)."""

    verdict: Literal["healthy", "failing", "degraded", "silent"]
    requests: float
    errors: float
    compared: float
    """Requests in an equally long time at the rate before the onset."""
    own: bool = True
    """False for traffic of callers: the alarmed resource itself counts no requests."""
    halved: bool = False
    """The failing share was at least halved by the effect, by the upper bound of its interval."""


class _Series(NamedTuple):
    """The counts of one resource and what they are compared with."""

    served: Points
    failed: Points
    period: int
    window: int
    first: int
    """Start of the first period that began after the effect."""
    end: int
    """End of the newest complete period that was delivered; at least `first`."""
    rate: float
    allowed: float
    during: Counts
    """Traffic between the onset and the effect."""

    def counts(self, start: float) -> Counts:
        """Return the counts from `start` until the end."""
        return count(self.served, self.failed, start, self.end)

    def evidence(self, counts: Counts, fault: float) -> float:
        """Return the log-likelihood ratio of the fault's failing share against the allowed one."""
        return counts.errors * log(fault / self.allowed) + counts.successes * log(
            (1 - fault) / (1 - self.allowed)
        )

    def suffixes(self) -> Iterator[tuple[int, Counts]]:
        """Yield (start, counts up to the end) for each period since the effect, newest first."""
        requests = errors = 0.0
        for start in range(self.end - self.period, self.first - 1, -self.period):
            requests += self.served.get(start, 0.0)
            errors += self.failed.get(start, 0.0)
            yield start, Counts(requests, errors)


def observe(
    source: MetricSource, traffic_metrics: tuple[TrafficMetrics, ...], times: ObservationTimes
) -> tuple[ObservedTraffic, ...]:
    """Return each resource's traffic. Raises SourceUnavailableError."""
    if not traffic_metrics:
        return ()
    longest = max(
        max(_round_up(times.window, one.period), BASELINE_PERIODS * one.period) + one.period
        for one in traffic_metrics
    )
    coarsest = max(one.period for one in traffic_metrics)
    start = (times.onset - longest) // coarsest * coarsest  # CloudWatch's periods begin here
    points = source.fetch(
        [query for one in traffic_metrics for query in one.queries],
        datetime.fromtimestamp(start, UTC),
        datetime.fromtimestamp(times.now, UTC),
    )
    return tuple(
        _judge(
            one,
            by_period(_points_of(one.requests, points), one.period),
            by_period(_points_of(one.errors, points), one.period),
            times,
        )
        for one in traffic_metrics
    )


def _points_of(
    queries: Iterable[MetricQuery], points: Mapping[str, tuple[tuple[int, float], ...]]
) -> Iterator[tuple[int, float]]:
    return chain.from_iterable(points.get(query.id, ()) for query in queries)


def _judge(
    one: TrafficMetrics, served: Points, failed: Points, times: ObservationTimes
) -> ObservedTraffic:
    series = _series(one, served, failed, times)
    if series.rate > 0:
        healthy = _healthy_since(series)
        if healthy is not None:
            return _observed(one, series, "healthy", healthy)
    settled = max(series.first, _round_up(times.settled, series.period))
    if _is_failing(series, settled):
        return _observed(one, series, "failing", settled)
    newest = _newest(series, series.first, MIN_SUCCESSES)
    return _observed(one, series, "degraded" if _erring(series, newest) else "silent", series.first)


def _series(
    one: TrafficMetrics, served: Points, failed: Points, times: ObservationTimes
) -> _Series:
    period, window = one.period, _round_up(times.window, one.period)
    onset = int(times.onset // period * period)
    first = _round_up(times.effect, period)
    ended = [at + period for at in served if at >= first and at + period <= times.now]
    usual = usual_traffic(served, failed, onset, period, window)
    allowed = allowed_share(usual, one.objective)
    return _Series(
        served=served,
        failed=failed,
        period=period,
        window=window,
        first=first,
        end=max(ended, default=first),
        rate=usual.rate,
        allowed=allowed,
        during=count(served, failed, onset, times.effect // period * period),
    )


def _healthy_since(series: _Series) -> int | None:
    """Return the earliest time since which the traffic has been healthy until its end, or None.

    A recovery some time after the effect also has to differ from the traffic between the two. The
    n-th period since the effect may use 1 / (n (n + 1)) of the probability of an error: the sum
    over all starts stays within FALSELY_HEALTHY.
    """
    since = None
    whole = series.counts(series.first)
    fault = fault_share(series.during, series.allowed)
    for start, counts in series.suffixes():
        until = Counts(whole.requests - counts.requests, whole.errors - counts.errors)
        excluded = (
            min(fault, fault_share(until, series.allowed))
            if shows_errors(until, series.allowed)
            else fault
        )
        place = (start - series.first) // series.period + 1
        wanted = log(place * (place + 1) / FALSELY_HEALTHY)
        compared = series.rate * (series.end - start)
        if (
            series.end - start >= series.window
            and counts.successes >= max(MIN_SUCCESSES, COMPARABLE_SHARE * compared)
            and not _erring(series, counts)
            and series.evidence(counts, excluded) <= -wanted
        ):
            since = start
    return since


def _is_failing(series: _Series, settled: int) -> bool:
    """Return whether requests fail as before the effect, the newest ones among them.

    As many of the newest requests are counted as would show a recovery, if they all succeeded.
    """
    if series.end - settled < max(series.window, MIN_FAILING_PERIODS * series.period):
        return False
    fault = fault_share(series.during, series.allowed, Z80)
    clean = -log(FALSELY_HEALTHY) / log((1 - series.allowed) / (1 - fault))
    newest = _newest(series, settled, max(MIN_SUCCESSES, clean))
    return (
        series.evidence(series.counts(settled), fault) >= -log(FALSELY_FAILING)
        and series.evidence(newest, fault) > 0
    )


def _newest(series: _Series, since: int, requests: float) -> Counts:
    """Return the counts of the newest window that holds so many requests, or of all since then."""
    newest = Counts(0.0, 0.0)
    for start, counts in series.suffixes():
        if start < since:
            break
        newest = counts
        if series.end - start >= series.window and counts.requests >= requests:
            break
    return newest


def _erring(series: _Series, counts: Counts) -> bool:
    """Return whether more requests failed than are allowed; one alone never is."""
    return counts.errors > max(1.0, counts.requests * series.allowed)


def _observed(
    one: TrafficMetrics,
    series: _Series,
    verdict: Literal["healthy", "failing", "degraded", "silent"],
    since: int,
) -> ObservedTraffic:
    requests, errors = series.counts(since)
    compared = series.rate * (series.end - since)
    halved = is_halved(series.during, Counts(requests, errors), series.allowed)
    return ObservedTraffic(verdict, requests, errors, round(compared), one.own, halved)


def _round_up(seconds: float, period: int) -> int:
    """Return the seconds rounded up to whole periods."""
    return int(-(-seconds // period) * period)
