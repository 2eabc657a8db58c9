"""Verdict on traffic: healthy for a whole window since the effect, failing, or silent."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from functions.verification.traffic_metrics import TrafficMetrics
from quorum.ports.telemetry import MetricSource

COMPARABLE_SHARE: Final = 0.5
"""Share of the requests before the onset that makes traffic comparable."""
MIN_SUCCESSES: Final = 5

Datapoints = tuple[tuple[int, float], ...]


class ObservationTimes(NamedTuple):
    """Onset, effect and now, in epoch seconds; the length of a window in seconds."""

    onset: float
    effect: float
    now: float
    window: int


class ObservedTraffic(NamedTuple):
    """One resource's verdict and counts in the newest window."""

    verdict: Literal["healthy", "failing", "silent"]
    requests: float
    errors: float
    compared: float
    """Requests in an equally long window before the onset."""


def observe(
    source: MetricSource, traffic_metrics: tuple[TrafficMetrics, ...], times: ObservationTimes
) -> tuple[ObservedTraffic, ...]:
    """Return each resource's traffic. Raises SourceUnavailableError."""
    if not traffic_metrics:
        return ()
    longest = max(_round_up(times.window, one.period) + one.period for one in traffic_metrics)
    points = source.fetch(
        [query for one in traffic_metrics for query in (one.requests, one.errors)],
        datetime.fromtimestamp(times.onset - longest, UTC),
        datetime.fromtimestamp(times.now, UTC),
    )
    return tuple(_judge(one, points, times) for one in traffic_metrics)


def _judge(
    one: TrafficMetrics, points: Mapping[str, Datapoints], times: ObservationTimes
) -> ObservedTraffic:
    served, failed = points.get(one.requests.id, ()), points.get(one.errors.id, ())
    period, window = one.period, _round_up(times.window, one.period)
    onset = times.onset // period * period
    first = -(-times.effect // period) * period
    ended = [at + period for at, _ in served if at >= first and at + period <= times.now]
    end = max(ended, default=first)
    start = max(end - window, first)
    requests, errors = _sum(served, start, end), _sum(failed, start, end)
    before = _sum(served, onset - window, onset)
    ratio = _sum(failed, onset - window, onset) / before if before else 0.0
    allowed = max(1.0, requests * max(ratio, 1 - one.objective))
    enough = max(MIN_SUCCESSES, COMPARABLE_SHARE * before)
    if errors > allowed:
        return ObservedTraffic("failing", requests, errors, before)
    complete = before > 0 and end - first >= window and requests - errors >= enough
    return ObservedTraffic("healthy" if complete else "silent", requests, errors, before)


def _round_up(seconds: int, period: int) -> int:
    """Return the seconds rounded up to whole periods."""
    return -(-seconds // period) * period


def _sum(points: Datapoints, start: float, end: float) -> float:
    return sum(value for at, value in points if start <= at < end)
