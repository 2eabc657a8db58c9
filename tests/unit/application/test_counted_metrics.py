"""Requested series are counted, also those of a request that fails."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from quorum.application.counted_metrics import CountedMetrics
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import MetricQuery

AT = datetime(2026, 11, 29, tzinfo=UTC)
QUERY = MetricQuery(
    id="q",
    namespace="AWS/Lambda",
    metric="Errors",
    dimensions=(),
    statistic="Sum",
    period_seconds=60,
)


class Source:
    """A `MetricSource` that fails on two series."""

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        del start, end
        if len(queries) == 2:
            raise SourceUnavailableError("throttled")
        return {query.id: ((0, 1.0),) for query in queries}


def test_each_series_counts_until_the_count_is_taken() -> None:
    counted = CountedMetrics(Source())

    assert counted.fetch([QUERY], AT, AT) == {"q": ((0, 1.0),)}
    with pytest.raises(SourceUnavailableError):
        counted.fetch([QUERY, QUERY], AT, AT)

    assert (counted.take(), counted.take()) == (3, 0)
