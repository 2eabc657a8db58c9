"""Choose the series to fetch, and make series of the points. No point is ever invented."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Final, NamedTuple

from functions.evidence.windows import coarse
from quorum.domain.base import ResourceId
from quorum.domain.canonical import canonical_json, digest
from quorum.domain.conventions import Metric
from quorum.domain.evidence import Alarm, Measure, Series, is_statistic
from quorum.ports.telemetry import MetricQuery
from quorum.services.naming import is_of_aws

Points = tuple[tuple[int, float], ...]
Identity = tuple[str, str, tuple[tuple[str, str], ...], str]

MOST_SERIES: Final = 200
MOST_MATH: Final = 5
_RESULT: Final = Metric("", "result", (), "other", "Sum")
"""The result of metric math."""
_MINUTE: Final = 60
_LEVELS: Final[frozenset[Measure]] = frozenset({"latency", "age", "depth", "capacity"})
_FIXED: Final = frozenset({"Sum", "SampleCount", "Minimum"})


class SeriesRequest(NamedTuple):
    """A series to fetch, with its resource and metric."""

    query: MetricQuery
    resource: ResourceId
    metric: Metric
    alarm: str | None
    """Name of the alarm that watches this very series, if any."""


def alarm_metric(alarm: Alarm) -> Metric | None:
    """Return the metric that the alarm itself watches; None for metric math and composites."""
    statistic = alarm.statistic
    if alarm.kind != "metric" or alarm.metric is None or statistic is None:
        return None
    if not is_statistic(statistic):
        return None
    dimensions = tuple(sorted(alarm.dimensions))
    return Metric(alarm.namespace or "", alarm.metric, dimensions, "other", statistic)


def alarm_query(alarm: Alarm) -> MetricQuery | None:
    """Return the query for the alarm's own series in its own period; None for a composite."""
    metric = alarm_metric(alarm)
    return _math_query(alarm) if metric is None else _query(metric, alarm.period_seconds)


def _math_query(alarm: Alarm) -> MetricQuery | None:
    """Return the query for the series of the alarm's metric math, or of another account's metric.

    None for an alarm on log lines, and for one of an event that an earlier version recorded.
    """
    if not alarm.queries:
        return None
    return MetricQuery(
        id=alarm.arn,
        namespace="",
        metric="",
        dimensions=(),
        statistic="Sum",
        period_seconds=alarm.period_seconds,
        entries=alarm.queries,
        least=(alarm.comparison or "").startswith("Less"),
    )


def math_requests(alarms: Sequence[Alarm]) -> tuple[SeriesRequest, ...]:
    """Return the series of the alarms that compare a result of metric math, in their own periods.

    At most MOST_MATH: each is one request, as an expression may mean all metrics of its request.
    """
    found = [(alarm, query) for alarm in alarms if (query := _math_query(alarm))]
    return tuple(
        SeriesRequest(query, alarm.subjects[0], _RESULT, alarm.name)
        for alarm, query in found[:MOST_MATH]
    )


def series_requests(
    alarms: Sequence[Alarm], metrics: Iterable[tuple[ResourceId, Metric]], period: int
) -> tuple[SeriesRequest, ...]:
    """Return the series to fetch, the alarms' own first, at most 200.

    An alarm's own series is one of its resource's where that is the very same metric; of a level,
    also where its statistic alone differs: that one is read then. It stands by itself, with measure
    `other`, where it is not: sums over a measure never count it twice.
    """
    watched = {_identity(m): alarm.name for alarm in alarms if (m := alarm_metric(alarm))}
    ordinary = list(dict.fromkeys(_restated(metrics, alarms)))
    covered = {_identity(metric) for _, metric in ordinary}
    alone = [
        (alarm.subjects[0], m)
        for alarm in alarms
        if (m := alarm_metric(alarm)) and _identity(m) not in covered
    ]
    ordinary.sort(key=lambda pair: _identity(pair[1]) not in watched)
    found = (*dict.fromkeys(alone), *ordinary)[:MOST_SERIES]
    return tuple(
        SeriesRequest(_query(metric, period), resource, metric, watched.get(_identity(metric)))
        for resource, metric in found
    )


def _restated(
    metrics: Iterable[tuple[ResourceId, Metric]], alarms: Sequence[Alarm]
) -> Iterator[tuple[ResourceId, Metric]]:
    """Yield the metrics, each level in the statistic of the first alarm on it.

    Counts have to stay sums, and a minimum is worse when it falls.
    """
    own = [m for alarm in alarms if (m := alarm_metric(alarm)) and m.statistic not in _FIXED]
    statistics = {_identity(m)[:3]: m.statistic for m in reversed(own)}
    for resource, metric in metrics:
        found = statistics.get(_identity(metric)[:3])
        if found and metric.measure in _LEVELS and metric.statistic not in _FIXED:
            yield resource, metric._replace(statistic=found)
        else:
            yield resource, metric


def series(
    wants: Iterable[SeriesRequest],
    answers: Mapping[str, Points],
    now: datetime,
    logged_since: Mapping[str, int] | None = None,
) -> Iterator[Series]:
    """Yield the series that have points; a period that has not ended yet is left out.

    `logged_since`: by query id, the start of the first period that is from log lines.
    """
    for want in wants:
        period = want.query.period_seconds
        last = now.timestamp() - period
        points = {at: v for at, v in answers.get(want.query.id, ()) if at <= last and isfinite(v)}
        if points:
            yield Series(
                id=_series_id(want),
                resource=want.resource,
                measure=want.metric.measure,
                version=want.metric.version,
                statistic=want.metric.statistic,
                period_seconds=period,
                points=tuple(sorted(points.items())),
                alarmed=want.alarm is not None,
                logged_since=(logged_since or {}).get(want.query.id),
            )


def _query(metric: Metric, period: int) -> MetricQuery:
    """Return the query, under an id that is always the same for a metric."""
    of_aws = is_of_aws(metric.namespace)  # published once a minute
    return MetricQuery(
        id=canonical_json(_identity(metric)).decode(),
        namespace=metric.namespace,
        metric=metric.name,
        dimensions=metric.dimensions,
        statistic=metric.statistic,
        period_seconds=coarse(max(period, _MINUTE), 0) if of_aws else period,
    )


def _identity(metric: Metric) -> Identity:
    return (metric.namespace, metric.name, tuple(sorted(metric.dimensions)), metric.statistic)


def _series_id(want: SeriesRequest) -> str:
    if want.alarm is not None and want.metric.measure == "other":
        return f"{want.resource}/{want.metric.name}!{digest(want.alarm)[:8]}"
    version = f"@{want.metric.version}" if want.metric.version else ""
    return f"{want.resource}/{want.metric.name}{version}"
