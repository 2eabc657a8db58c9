"""GetMetricData's pages, limits and half answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from quorum.adapters.telemetry.cloudwatch_metrics import CloudWatchMetrics
from quorum.domain.errors import SourceUnavailableError
from tests.integration.adapters.metrics import query

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


EPOCH = int(START.timestamp())


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


def test_refused_call_is_an_error_and_not_an_empty_series() -> None:
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
