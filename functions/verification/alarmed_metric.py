"""Datapoints of the metrics that alarms watch, since the effect.

An alarm's state alone proves little: it is late, and it stays as it is without data. Only a metric
alarm whose statistic can be queried is read; a composite or a metric math alarm is not.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import median
from typing import Final, Literal, NamedTuple

from functions.verification.traffic import ObservationTimes
from functions.verification.traffic_metrics import COUNTS, TrafficMetrics
from quorum.domain.alarm_threshold import breaches, has_threshold
from quorum.domain.evidence import Alarm, Measure, is_statistic
from quorum.domain.evidence_times import delivery_seconds
from quorum.ports.telemetry import MetricQuery, MetricSource
from quorum.services.rows import kind_of

BACKLOG: Final = re.compile("Age|Lag|Visible|Delayed|Backlog|Depth")
"""Names of metrics of a backlog, which outlasts its cause: dead letters stay until a redrive."""
MIN_POINTS: Final = 2
SAME_FAULT: Final = 0.5
"""Share of the former distance from the threshold that counts as the same fault."""
CLEAR_POINTS: Final = 3
"""Periods in a row within the threshold, or as many as the alarm evaluates, that clear a level."""
LEVELS: Final[frozenset[Measure]] = frozenset({"depth", "age", "capacity"})

Datapoints = tuple[tuple[int, float], ...]


class AlarmedMetrics(NamedTuple):
    """The alarms whose metric still shows the fault, and those whose metric shows none."""

    persisting: frozenset[str]
    """Names of alarms whose metric breaches since the effect about as far as before it."""
    quiet: frozenset[str]
    """Names of alarms whose metric was read and shows no fault since the effect."""
    halved: frozenset[str] = frozenset()
    """Names of alarms whose metric breaches since the effect, but at most half as far as before."""
    cleared: frozenset[str] = frozenset()
    """Names of alarms on a level that breached, and has been within the threshold up to now."""


NONE_READ: Final = AlarmedMetrics(frozenset(), frozenset())


def observe_alarmed(
    source: MetricSource,
    alarms: Iterable[Alarm],
    traffic_metrics: Iterable[TrafficMetrics],
    times: ObservationTimes,
) -> AlarmedMetrics:
    """Return the evidence in these alarms' own metrics. Raises SourceUnavailableError.

    A metric of requests or errors that is watched as traffic neither persists nor breaches here:
    the traffic decides, which compares the errors with the requests.
    """
    queries = {alarm.name: query for alarm in alarms if (query := _query(alarm)) is not None}
    if not queries:
        return NONE_READ
    longest = max(query.period_seconds for query in queries.values())
    points = source.fetch(
        list(queries.values()),
        datetime.fromtimestamp(times.onset // longest * longest, UTC),
        datetime.fromtimestamp(times.now, UTC),
    )
    as_traffic = {
        (query.namespace, query.metric) for one in traffic_metrics for query in one.queries
    }
    read = {
        alarm: points.get(queries[alarm.name].id, ()) for alarm in alarms if alarm.name in queries
    }
    judged = {a: p for a, p in read.items() if (a.namespace, a.metric) not in as_traffic}
    return AlarmedMetrics(
        frozenset(a.name for a, found in judged.items() if _breach(a, found, times) == "same"),
        frozenset(a.name for a in read if a not in judged or _is_quiet(a, judged[a], times)),
        frozenset(a.name for a, found in judged.items() if _breach(a, found, times) == "halved"),
        frozenset(a.name for a, found in judged.items() if _is_cleared(a, found, times)),
    )


def _query(alarm: Alarm) -> MetricQuery | None:
    """Return the query of the alarm's metric; None if it cannot be queried or compared."""
    if (
        alarm.kind != "metric"
        or alarm.namespace is None
        or alarm.metric is None
        or not has_threshold(alarm)
        or alarm.statistic is None
        or not is_statistic(alarm.statistic)
    ):
        return None
    return MetricQuery(
        id=f"{alarm.name} metric",
        namespace=alarm.namespace,
        metric=alarm.metric,
        dimensions=alarm.dimensions,
        statistic=alarm.statistic,
        period_seconds=alarm.period_seconds,
    )


def _breach(
    alarm: Alarm, points: Datapoints, times: ObservationTimes
) -> Literal["same", "halved"] | None:
    """Return how far most complete periods since the effect breach, compared with before it.

    None if they do not, and for a backlog, which outlasts its cause.
    """
    since = _since(alarm, points, times, times.settled)
    breaching = [breaches(alarm, value) for value in since]
    if BACKLOG.search(str(alarm.metric)) or len(since) < max(MIN_POINTS, alarm.evaluation_periods):
        return None
    during = [
        _distance(alarm, value)
        for at, value in points
        if times.onset <= at + alarm.period_seconds <= times.effect and breaches(alarm, value)
    ]
    newest = median(_distance(alarm, value) for value in since[-alarm.evaluation_periods :])
    if 2 * sum(breaching) <= len(breaching) or not breaching[-1]:
        return None
    return "same" if newest >= SAME_FAULT * median(during or [0.0]) else "halved"


def _is_quiet(alarm: Alarm, points: Datapoints, times: ObservationTimes) -> bool:
    return not any(breaches(alarm, value) for value in _since(alarm, points, times, times.effect))


def _is_cleared(alarm: Alarm, points: Datapoints, times: ObservationTimes) -> bool:
    """Return whether a level breached in the fault and is within the threshold since the effect.

    Its newest periods have to be complete, without a gap, and as new as CloudWatch delivers them:
    without data nothing has cleared.
    """
    period, wanted = alarm.period_seconds, max(CLEAR_POINTS, alarm.evaluation_periods)
    newest = [
        (at, value) for at, value in points if at >= times.settled and at + period <= times.now
    ][-wanted:]
    if not _is_level(alarm) or len(newest) < wanted:
        return False
    fresh = times.now - newest[-1][0] <= 2 * period + delivery_seconds(period)
    whole = newest[-1][0] - newest[0][0] == (wanted - 1) * period
    fault = [v for at, v in points if at + period > times.onset and at < times.effect]
    breached = any(breaches(alarm, value) for value in fault)
    return breached and fresh and whole and not any(breaches(alarm, v) for _, v in newest)


def _is_level(alarm: Alarm) -> bool:
    """Return whether the metric has a value whether or not anything happens: a depth, a usage.

    By the row of its resource's service, or else by the alarm's statistic: a count of failures is
    low too when nothing is requested.
    """
    kinds = [kind for resource in alarm.resources if (kind := kind_of(resource))]
    signals = [one for kind in kinds for one in kind.signals if one.metric == alarm.metric]
    if not signals:
        return alarm.statistic not in COUNTS or bool(BACKLOG.search(str(alarm.metric)))
    return all(one.measure in LEVELS or one.statistic not in COUNTS for one in signals)


def _since(alarm: Alarm, points: Datapoints, times: ObservationTimes, start: float) -> list[float]:
    """Return the values of the complete periods that began after the time."""
    return [v for at, v in points if at >= start and at + alarm.period_seconds <= times.now]


def _distance(alarm: Alarm, value: float) -> float:
    return abs(value - float(alarm.threshold or 0))
