"""The contract of time series, for the fake and for CloudWatch."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from functions.shared.adapters.cloudwatch_metrics import CloudWatchMetrics
from functions.shared.domain.errors import SourceUnavailableError
from functions.shared.ports import MetricQuery, MetricSource
from tests.fakes import InMemoryMetricSource

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EPOCH = int(START.timestamp())
Put = Callable[[MetricQuery, dict[int, float]], None]


def query(id_: str = "errors", **fields: Any) -> MetricQuery:
    """Return a query for the shop's errors."""
    given = {
        "namespace": "Shop",
        "metric": "Errors",
        "dimensions": (("Service", "checkout"),),
        "statistic": "Sum",
        "period_seconds": 60,
    }
    return MetricQuery.model_validate({"id": id_, **given, **fields})


@pytest.fixture(params=["in_memory", "cloudwatch"])
def place(request: pytest.FixtureRequest) -> tuple[MetricSource, Put]:
    """Return the source, and a way to measure something."""
    if request.param == "in_memory":
        fake = InMemoryMetricSource()
        return fake, lambda q, points: fake.add(q, tuple(points.items()))
    client = boto3.client("cloudwatch")

    def put(q: MetricQuery, points: dict[int, float]) -> None:
        client.put_metric_data(
            Namespace=q.namespace,
            MetricData=[
                {
                    "MetricName": q.metric,
                    "Dimensions": [{"Name": n, "Value": value} for n, value in q.dimensions],
                    "Timestamp": datetime.fromtimestamp(at, UTC),
                    "Value": value,
                }
                for at, value in points.items()
            ],
        )

    return CloudWatchMetrics(client), put


def test_points_come_oldest_first_and_missing_ones_are_absent(
    place: tuple[MetricSource, Put],
) -> None:
    source, put = place
    put(query(), {EPOCH + 180: 3.0, EPOCH: 1.0})
    found = source.fetch([query()], START, START + timedelta(minutes=10))
    assert found == {"errors": ((EPOCH, 1.0), (EPOCH + 180, 3.0))}


def test_every_query_is_answered_under_its_own_id(place: tuple[MetricSource, Put]) -> None:
    source, put = place
    other = query("Any id: 1/2 🙂", dimensions=(("Service", "cart"),))
    put(query(), {EPOCH: 1.0})
    put(other, {EPOCH: 7.0})
    nothing = query("nothing", metric="Unknown")
    found = source.fetch([query(), other, nothing], START, START + timedelta(minutes=5))
    assert found == {
        "errors": ((EPOCH, 1.0),),
        "Any id: 1/2 🙂": ((EPOCH, 7.0),),
        "nothing": (),
    }


def test_what_lies_outside_the_time_is_left_out(place: tuple[MetricSource, Put]) -> None:
    source, put = place
    put(query(), {EPOCH - 60: 1.0, EPOCH: 2.0, EPOCH + 60: 3.0})
    assert source.fetch([query()], START, START + timedelta(minutes=1)) == {
        "errors": ((EPOCH, 2.0),)
    }


def test_nothing_is_asked_for_no_queries(place: tuple[MetricSource, Put]) -> None:
    assert place[0].fetch([], START, START + timedelta(minutes=1)) == {}


def result(id_: str, status: str, *points: tuple[int, float]) -> dict[str, Any]:
    """Return one result of GetMetricData."""
    return {
        "Id": id_,
        "Label": id_,
        "StatusCode": status,
        "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in points],
        "Values": [value for _, value in points],
    }


def fetch(*pages: dict[str, Any], queries: int = 1) -> Any:
    """Fetch with these pages as the service's answers."""
    client = boto3.client("cloudwatch")
    with Stubber(client) as stubber:
        for page in pages:
            stubber.add_response("get_metric_data", page)
        asked = [query(f"id-{n}") for n in range(queries)]
        found = CloudWatchMetrics(client).fetch(asked, START, START + timedelta(minutes=5))
        stubber.assert_no_pending_responses()
        return found


def test_a_series_that_spans_pages_is_whole() -> None:
    found = fetch(
        {"MetricDataResults": [result("q0", "PartialData", (EPOCH, 1.0))], "NextToken": "next"},
        {"MetricDataResults": [result("q0", "Complete", (EPOCH + 60, 2.0))]},
    )
    assert found == {"id-0": ((EPOCH, 1.0), (EPOCH + 60, 2.0))}


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_a_series_that_stays_incomplete_is_no_evidence(status: str) -> None:
    with pytest.raises(SourceUnavailableError, match=f"id-0: {status}"):
        fetch({"MetricDataResults": [result("q0", status, (EPOCH, 1.0))]})


def test_five_hundred_queries_fit_a_call() -> None:
    pages = [
        {"MetricDataResults": [result(f"q{n}", "Complete", (EPOCH, n)) for n in range(size)]}
        for size in (500, 1)
    ]
    found = fetch(*pages, queries=501)
    assert (len(found), found["id-499"], found["id-500"]) == (
        501,
        ((EPOCH, 499.0),),
        ((EPOCH, 0.0),),
    )


def test_a_refused_call_is_no_silence() -> None:
    client = boto3.client("cloudwatch")
    with Stubber(client) as stubber:
        stubber.add_client_error(
            "get_metric_data",
            "AccessDenied",
            "no",
            expected_params={
                "MetricDataQueries": ANY,
                "StartTime": ANY,
                "EndTime": ANY,
                "ScanBy": "TimestampAscending",
            },
        )
        with pytest.raises(SourceUnavailableError, match="AccessDenied") as raised:
            CloudWatchMetrics(client).fetch([query()], START, START + timedelta(minutes=1))
    assert isinstance(raised.value.__cause__, ClientError)
