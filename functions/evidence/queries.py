"""Choose the series to fetch, and make series of the points. No point is ever invented."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Final, NamedTuple, get_args

from functions.evidence.conventions import Metric
from functions.evidence.windows import coarse
from quorum.domain.base import ResourceId
from quorum.domain.canonical import canonical_json, digest
from quorum.domain.evidence import Alarm, Series, Statistic
from quorum.ports.telemetry import MetricQuery

Points = tuple[tuple[int, float], ...]
Identity = tuple[str, str, tuple[tuple[str, str], ...], str]

MOST_SERIES: Final = 200
_STATISTICS: Final = frozenset(get_args(Statistic))
_MINUTE: Final = 60


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
    if alarm.kind != "metric" or alarm.metric is None or statistic not in _STATISTICS:
        return None
    known = next(s for s in _STATISTICS if s == statistic)
    return Metric(
        alarm.namespace or "", alarm.metric, tuple(sorted(alarm.dimensions)), "other", known
    )


def alarm_query(alarm: Alarm) -> MetricQuery | None:
    """Return the query for the alarm's own series in its own period."""
    metric = alarm_metric(alarm)
    return None if metric is None else _query(metric, alarm.period_seconds)


def series_requests(
    alarms: Sequence[Alarm], metrics: Iterable[tuple[ResourceId, Metric]], period: int
) -> tuple[SeriesRequest, ...]:
    """Return the series to fetch, the alarms' own first, at most 200.

    An alarm's own series is one of its resource's where that is the very same metric; it stands by
    itself, with measure `other`, where it is not: sums over a measure never count it twice.
    """
    watched = {_identity(m): alarm.name for alarm in alarms if (m := alarm_metric(alarm))}
    ordinary = list(dict.fromkeys(metrics))
    covered = {_identity(metric) for _, metric in ordinary}
    alone = [
        (alarm.resources[0], m)
        for alarm in alarms
        if (m := alarm_metric(alarm)) and alarm.resources and _identity(m) not in covered
    ]
    ordinary.sort(key=lambda pair: _identity(pair[1]) not in watched)
    found = (*dict.fromkeys(alone), *ordinary)[:MOST_SERIES]
    return tuple(
        SeriesRequest(_query(metric, period), resource, metric, watched.get(_identity(metric)))
        for resource, metric in found
    )


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
    of_aws = metric.namespace.startswith("AWS/")  # published once a minute
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
