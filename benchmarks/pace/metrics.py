"""CloudWatch metrics of the shop: a point per minute, delivered late, absent where nothing was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from benchmarks.pace.facts import LOG_NAMESPACE
from benchmarks.pace.limits import Bucket, ThrottledError
from benchmarks.pace.traffic import MINUTE, Served, Traffic
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.clock import Clock
from quorum.ports.telemetry import MetricQuery

Points = tuple[tuple[int, float], ...]
LAMBDA: Final = "AWS/Lambda"
DYNAMODB: Final = "AWS/DynamoDB"
LOG_METRIC: Final = "ErrorLines"
READ_THROTTLES: Final = "ReadThrottleEvents"
CONSUMED_READS: Final = "ConsumedReadCapacityUnits"
NONZERO: Final = frozenset({LOG_METRIC, READ_THROTTLES})
"""Metrics that are published only when something failed."""
ALIAS: Final = "live"


class Delivery(NamedTuple):
    """Seconds from a period's end until it is delivered in full, and what shows before."""

    lag: float
    partial: bool

    def due(self, end: float, now: float) -> bool:
        """Return whether a period with this end is delivered in full."""
        return end <= now - self.lag


class Selector(NamedTuple):
    """The requests that a metric is about: a function's, through its alias, of one version."""

    function: str
    version: str | None


class Minute(NamedTuple):
    """Values of one minute of a metric."""

    requests: float
    errors: float
    p95: float


class MetricStore:
    """A `MetricSource` over the traffic. Queries see what is delivered by the clock's time."""

    def __init__(
        self,
        traffic: Traffic,
        delivery: Delivery,
        clock: Clock,
        bucket: Bucket | None = None,
    ) -> None:
        self._traffic, self._delivery, self._clock = traffic, delivery, clock
        self._bucket = bucket
        self._known: dict[tuple[Selector, int], Minute | None] = {}

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, Points]:
        """Return the points of each query. Raises SourceUnavailableError when throttled."""
        try:
            _ = self._bucket and self._bucket.call()
        except ThrottledError as error:
            raise SourceUnavailableError(f"GetMetricData: ThrottlingException: {error}") from error
        now = self._clock().timestamp()
        span = (int(start.timestamp()), end.timestamp())
        return {query.id: self._points(query, span, now) for query in queries}

    def datapoint(self, query: MetricQuery, at: int, now: float) -> float | None:
        """Return the value of the period that starts at `at`, as far as delivered, or None."""
        return next((v for start, v in self._points(query, (at, at + 1), now) if start == at), None)

    def _points(self, query: MetricQuery, span: tuple[int, float], now: float) -> Points:
        selector = self._selector(query)
        if selector is None:
            return ()
        period = max(MINUTE, query.period_seconds)
        first = -(-span[0] // period) * period
        drawn = max(first, self._traffic.first // period * period)
        found = list(self._past_points(query, selector, range(first, drawn, period)))
        for at in range(drawn, int(min(span[1], now)) + 1, period):
            if at >= span[1]:
                break
            value = _value(query.metric, self._minutes(selector, at, period, now))
            if value is not None:
                found.append((at, value))
        return tuple(found)

    def _past_points(self, query: MetricQuery, selector: Selector, starts: range) -> Points:
        """Return the points of whole periods before the requests that are drawn singly."""
        if not starts or query.metric == "Throttles":
            return ()
        minutes = self._traffic.past(selector.function)
        span, total = starts.step // MINUTE, len(minutes.requests)
        low = total - (self._traffic.first - starts.start) // MINUTE
        if low < 0:  # older than CloudWatch's points here
            kept = starts[-(low // span) :]
            return self._past_points(query, selector, kept) if kept else ()
        shape, places = (len(starts), span), slice(low, low + span * len(starts))
        served = np.array([selector.version in {None, self._then(selector, at)} for at in starts])
        requests = minutes.requests[places].reshape(shape)
        sums = {
            "Invocations": requests.sum(axis=1),
            CONSUMED_READS: requests.sum(axis=1),
            "Errors": minutes.errors[places].reshape(shape).sum(axis=1),
        }
        counted = sums["Invocations"] > 0
        if query.metric in NONZERO:
            counted, values = sums["Errors"] > 0, sums["Errors"]
        elif query.metric == "Duration":
            weighted = (minutes.p95[places].reshape(shape) * requests).sum(axis=1)
            values = weighted / np.maximum(sums["Invocations"], 1)
        else:
            values = sums[query.metric]
        chosen = np.flatnonzero(counted & served)
        return tuple((starts[int(n)], float(values[n])) for n in chosen)

    def _then(self, selector: Selector, at: float) -> str:
        """Return the version that served the function at the given epoch second."""
        versions = self._traffic.routing[selector.function]
        return next((v for since, v in reversed(versions) if since <= at), versions[0][1])

    def _selector(self, query: MetricQuery) -> Selector | None:
        dimensions = dict(query.dimensions)
        function = dimensions.get("FunctionName") or dimensions.get("TableName", "")
        if function not in self._traffic.routing:
            return None
        if query.namespace == DYNAMODB and query.metric in {READ_THROTTLES, CONSUMED_READS}:
            return Selector(function, None)
        if query.namespace == LOG_NAMESPACE and query.metric == LOG_METRIC:
            return Selector(function, None)
        if query.namespace != LAMBDA:
            return None
        if dimensions.get("Resource", f"{function}:{ALIAS}") != f"{function}:{ALIAS}":
            return None
        return Selector(function, dimensions.get("ExecutedVersion"))

    def _minutes(self, selector: Selector, at: int, period: int, now: float) -> list[Minute]:
        minutes = range(at, at + period, MINUTE)
        found = (self._minute(selector, minute, now) for minute in minutes)
        return [minute for minute in found if minute is not None]

    def _minute(self, selector: Selector, minute: int, now: float) -> Minute | None:
        if minute < self._traffic.first:
            return self._past(selector, minute)
        if minute + MINUTE > now:
            return None
        if not self._delivery.due(minute + MINUTE, now):
            if not self._delivery.partial:
                return None
            served = self._traffic.served(selector.function, minute, now)
            return _counted(served, selector, early=True)
        key = (selector, minute)
        if key not in self._known:
            served = self._traffic.served(selector.function, minute, now)
            self._known[key] = _counted(served, selector, early=False)
        return self._known[key]

    def _past(self, selector: Selector, minute: int) -> Minute | None:
        past = self._traffic.past(selector.function)
        place = len(past.requests) - (self._traffic.first - minute) // MINUTE
        if place < 0 or not past.requests[place]:
            return None
        if selector.version not in {None, self._then(selector, minute)}:
            return None
        return Minute(
            float(past.requests[place]), float(past.errors[place]), float(past.p95[place])
        )


def _value(name: str, minutes: Sequence[Minute]) -> float | None:
    """Return the metric's value in a period of these minutes; None for no datapoint."""
    if not minutes:
        return None
    if name in NONZERO:
        return sum(m.errors for m in minutes) or None
    if name == "Duration":
        weight = sum(m.requests for m in minutes)
        return sum(m.p95 * m.requests for m in minutes) / weight
    counts = {
        "Invocations": (m.requests for m in minutes),
        CONSUMED_READS: (m.requests - m.errors for m in minutes),
        "Errors": (m.errors for m in minutes),
        "Throttles": (0.0 for _ in minutes),
    }
    return float(sum(counts[name])) if name in counts else None


def _counted(served: Served, selector: Selector, *, early: bool) -> Minute | None:
    chosen = np.ones(len(served.times), np.bool_)
    if selector.version is not None:
        chosen &= served.versions == selector.version
    if early:
        chosen &= served.early
    count = int(chosen.sum())
    if not count:
        return None
    ranked = np.sort(served.ms[chosen])
    p95 = float(ranked[round(0.95 * (count - 1))])
    return Minute(float(count), float((served.failed & chosen).sum()), p95)
