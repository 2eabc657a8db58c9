"""Fill the periods that CloudWatch has not delivered yet with numbers from log lines.

CloudWatch delivers the newest minutes late, and the last one in parts. Numbers from the logs take
their place only where both agree on the periods that have been delivered: then the lines are
complete, count the same requests, and report failures in the same way. Sampled, truncated or
imitated lines do not agree, and nothing is extrapolated from them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import ceil
from statistics import fmean
from typing import Final, NamedTuple

from functions.evidence.logged_metrics import Identity, LoggedMetrics
from functions.evidence.queries import Points, SeriesRequest
from quorum.domain.base import ResourceId

AGREEMENT: Final = 0.02
"""Relative difference of two counts that agree; one request more or less always does."""
_SUMMED: Final = frozenset({"Sum", "SampleCount"})
_COMPUTED: Final = re.compile(r"Sum|SampleCount|Average|Maximum|Minimum|p[0-9.]+")
"""Statistics that are computed from log lines here."""
_COUNTS: Final = frozenset({"requests", "errors"})

ByPeriod = dict[int, float]


class Filled(NamedTuple):
    """Points by query id, and the start of the first period that is from log lines."""

    points: dict[str, Points]
    logged_since: dict[str, int]


class _Pair(NamedTuple):
    """A series by CloudWatch and by the logs."""

    want: SeriesRequest
    metric: ByPeriod
    logged: ByPeriod


def filled(
    wants: Sequence[SeriesRequest],
    answers: Mapping[str, Points],
    logged: Mapping[ResourceId, LoggedMetrics],
) -> Filled:
    """Return the answers with late periods filled from the logs of each resource.

    All series of a resource are filled, or none: requests without their errors would look healthy.
    """
    result = Filled(dict(answers), {})
    for resource, logs in logged.items():
        pairs = [
            _Pair(want, dict(answers.get(want.query.id, ())), _by_period(want, logs))
            for want in wants
            if want.resource == resource and _identity(want) in logs.samples
            if _COMPUTED.fullmatch(want.query.statistic)
        ]
        for pair, late in _late(pairs, logs):
            merged = {**pair.metric, **{at: v for at, v in pair.logged.items() if at >= late}}
            if merged != pair.metric:
                result.points[pair.want.query.id] = tuple(sorted(merged.items()))
                result.logged_since[pair.want.query.id] = late
    return result


def newest_count(wants: Iterable[SeriesRequest], answers: Mapping[str, Points]) -> int | None:
    """Return the start of the newest period delivered of these series' request counts, or None."""
    counts = (answers.get(w.query.id, ()) for w in wants if w.metric.measure == "requests")
    return max((at for at, _ in chain.from_iterable(counts)), default=None)


def _late(pairs: Sequence[_Pair], logs: LoggedMetrics) -> Iterator[tuple[_Pair, int]]:
    """Yield the series to fill, each with the start of its first period to fill."""
    reference = next((p for p in pairs if _is_total(p)), None)
    errors = [p for p in pairs if p.want.metric.measure == "errors"]
    if reference is None or not errors or not reference.metric:
        return
    period, newest = reference.want.query.period_seconds, max(reference.metric)
    first = ceil(logs.since / period) * period
    settled = [at for at in reference.metric if first <= at < newest]
    if first > newest or not sum(reference.metric[at] for at in settled):
        return
    counted = [p for p in pairs if p.want.metric.measure in _COUNTS]
    if not all(_agrees(p, settled, newest) for p in counted):
        return
    if not logs.errors_known and not _show_failures(errors, [*settled, newest]):
        return
    for pair in pairs:
        ended = {at: v for at, v in pair.logged.items() if at + period <= logs.until}
        if pair.want.query.period_seconds == period:
            yield pair._replace(logged=ended), newest


def _is_total(pair: _Pair) -> bool:
    return pair.want.metric.measure == "requests" and pair.want.metric.version is None


def _agrees(pair: _Pair, settled: Sequence[int], newest: int) -> bool:
    """Return whether both count alike where CloudWatch is complete, and the logs no less after."""
    differences = [pair.metric.get(at, 0.0) - pair.logged.get(at, 0.0) for at in settled]
    count = sum(pair.metric.get(at, 0.0) for at in settled)
    return (
        abs(sum(differences)) <= _tolerance(count)
        and all(
            abs(one) <= _tolerance(pair.metric.get(at, 0.0))
            for one, at in zip(differences, settled, strict=True)
        )
        and pair.logged.get(newest, 0.0) >= pair.metric.get(newest, 0.0)
    )


def _tolerance(count: float) -> float:
    return max(1.0, AGREEMENT * count)


def _show_failures(errors: Iterable[_Pair], delivered: Sequence[int]) -> bool:
    """Return whether the logs show failures that CloudWatch counted: a text log may show none."""
    return any(
        p.logged.get(at, 0.0) > 0 < p.metric.get(at, 0.0) for p in errors for at in delivered
    )


def _identity(want: SeriesRequest) -> Identity:
    query = want.query
    return (query.namespace, query.metric, frozenset(query.dimensions))


def _by_period(want: SeriesRequest, logs: LoggedMetrics) -> ByPeriod:
    period, values = want.query.period_seconds, defaultdict[int, list[float]](list)
    for at, value in logs.samples[_identity(want)]:
        values[int(at) // period * period].append(value)
    return {at: _statistic(want.query.statistic, found) for at, found in values.items()}


def _statistic(name: str, values: Sequence[float]) -> float:
    if name in _SUMMED:
        return sum(values) if name == "Sum" else float(len(values))
    if name.startswith("p"):
        ranked = sorted(values)
        return ranked[max(1, ceil(len(ranked) * float(name[1:]) / 100)) - 1]
    return max(values) if name == "Maximum" else min(values) if name == "Minimum" else fmean(values)
