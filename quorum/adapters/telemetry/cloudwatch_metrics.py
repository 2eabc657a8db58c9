"""Time series from CloudWatch: GetMetricData, at most 500 queries per call, all pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.telemetry.limited_pages import limited_pages
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import MetricQuery, Turn

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

QUERIES: Final = 500

Points = tuple[tuple[int, float], ...]


class CloudWatchMetrics:
    """A `MetricSource`. An incomplete series is an error: it raises SourceUnavailableError."""

    def __init__(self, client: "CloudWatchClient", turn: Turn | None = None) -> None:
        self._client, self._turn = client, turn

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, Points]:
        """Return (epoch, value) points per query id, oldest first; missing points are absent."""
        series: dict[str, Points] = {}
        for first in range(0, len(queries), QUERIES):
            series |= self._fetch(queries[first : first + QUERIES], start, end)
        return series

    def _fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> dict[str, Points]:
        points: dict[str, dict[int, float]] = {query.id: {} for query in queries}
        status: dict[str, str] = {}
        for result in self._results(
            [_query(f"q{n}", q) for n, q in enumerate(queries)], start, end
        ):
            query_id = queries[int(result["Id"][1:])].id
            status[query_id] = result.get("StatusCode", "Complete")
            pairs = zip(result["Timestamps"], result["Values"], strict=True)
            points[query_id] |= {int(at.timestamp()): float(value) for at, value in pairs}
        incomplete = {f"{name}: {code}" for name, code in status.items() if code != "Complete"}
        if incomplete:
            raise SourceUnavailableError(f"incomplete metrics: {', '.join(sorted(incomplete))}")
        return {name: tuple(sorted(values.items())) for name, values in points.items()}

    def _results(
        self, queries: list["MetricDataQueryTypeDef"], start: datetime, end: datetime
    ) -> list[Any]:
        """Return all pages. `PartialData` is normal but on the last page, where it is an error."""
        pages = limited_pages(
            self._client,
            "get_metric_data",
            "metrics",
            self._turn,
            MetricDataQueries=queries,
            StartTime=start,
            EndTime=end,
            ScanBy="TimestampAscending",
        )
        return [result for page in pages for result in page["MetricDataResults"]]


def _query(name: str, query: MetricQuery) -> "MetricDataQueryTypeDef":
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": query.namespace,
                "MetricName": query.metric,
                "Dimensions": [{"Name": n, "Value": value} for n, value in query.dimensions],
            },
            "Period": query.period_seconds,
            "Stat": query.statistic,
        },
    }
