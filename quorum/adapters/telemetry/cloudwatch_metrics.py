"""Time series from CloudWatch: GetMetricData, at most 500 queries per call, all pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.telemetry.limited_pages import limited_pages
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import AlarmQuery
from quorum.ports.telemetry import MetricQuery, Turn

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricStatTypeDef

QUERIES: Final = 500
MINUTE: Final = 60

Points = tuple[tuple[int, float], ...]


class CloudWatchMetrics:
    """A `MetricSource`. An incomplete series is an error: it raises SourceUnavailableError."""

    def __init__(self, client: "CloudWatchClient", turn: Turn | None = None) -> None:
        self._client, self._turn = client, turn

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, Points]:
        """Return (epoch, value) points per query id, oldest first; missing points are absent."""
        plain = [query for query in queries if not query.entries]
        series: dict[str, Points] = {}
        for first in range(0, len(plain), QUERIES):
            series |= self._fetch(plain[first : first + QUERIES], start, end)
        for query in queries:
            if query.entries:  # alone, as an expression may mean all metrics of its request
                series[query.id] = self._result(query, start, end)
        return series

    def _fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> dict[str, Points]:
        points: dict[str, dict[int, float]] = {query.id: {} for query in queries}
        asked = [_query(f"q{n}", q) for n, q in enumerate(queries)]
        names = {f"q{n}": query.id for n, query in enumerate(queries)}
        for result in _complete(self._results(asked, start, end), names):
            points[names[result["Id"]]] |= _points(result)
        return {name: tuple(sorted(values.items())) for name, values in points.items()}

    def _result(self, query: MetricQuery, start: datetime, end: datetime) -> Points:
        """Return the series that an alarm's own math results in.

        Where that is several series, the alarm compares each: then at each time the value counts
        that comes nearest to breaching it.
        """
        worse = min if query.least else max
        asked = [_entry(entry) for entry in query.entries]
        points: dict[int, float] = {}
        names = {entry["Id"]: query.id for entry in asked}
        for result in _complete(self._results(asked, start, end), names):
            for at, value in _points(result).items():
                points[at] = worse(value, points.get(at, value))
        return tuple(sorted(points.items()))

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


def _complete(results: Sequence[Any], names: Mapping[str, str]) -> Sequence[Any]:
    """Return the results. Raises SourceUnavailableError where the last part of one is missing.

    `names` are the ids of the series by those of the request, for the error.
    """
    status = {(r["Id"], r.get("Label", "")): r.get("StatusCode", "Complete") for r in results}
    incomplete = {f"{names[key[0]]}: {code}" for key, code in status.items() if code != "Complete"}
    if incomplete:
        raise SourceUnavailableError(f"incomplete metrics: {', '.join(sorted(incomplete))}")
    return results


def _points(result: Any) -> dict[int, float]:
    pairs = zip(result["Timestamps"], result["Values"], strict=True)
    return {int(at.timestamp()): float(value) for at, value in pairs}


def _entry(entry: AlarmQuery) -> "MetricDataQueryTypeDef":
    """Return an entry of an alarm's math as the alarm has it."""
    asked: MetricDataQueryTypeDef = {"Id": entry.id, "ReturnData": entry.returned}
    if entry.account is not None:
        asked["AccountId"] = entry.account
    if entry.expression is not None:
        asked["Expression"] = entry.expression
        if entry.period_seconds is not None:
            asked["Period"] = entry.period_seconds
        return asked
    asked["MetricStat"] = _stat(
        entry.namespace or "",
        entry.metric or "",
        entry.dimensions,
        entry.period_seconds or MINUTE,
        entry.statistic or "Average",
    )
    return asked


def _query(name: str, query: MetricQuery) -> "MetricDataQueryTypeDef":
    stat = _stat(
        query.namespace, query.metric, query.dimensions, query.period_seconds, query.statistic
    )
    return {"Id": name, "MetricStat": stat}


def _stat(
    namespace: str,
    metric: str,
    dimensions: Sequence[tuple[str, str]],
    period: int,
    statistic: str,
) -> "MetricStatTypeDef":
    return {
        "Metric": {
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
        },
        "Period": period,
        "Stat": statistic,
    }
