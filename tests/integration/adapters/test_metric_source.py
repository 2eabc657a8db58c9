"""The contract of time series, for the fake and for CloudWatch."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from quorum.adapters.telemetry.cloudwatch_metrics import CloudWatchMetrics
from quorum.ports.telemetry import MetricQuery, MetricSource
from tests.fakes import InMemoryMetricSource
from tests.integration.adapters.metrics import query

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


EPOCH = int(START.timestamp())


Put = Callable[[MetricQuery, dict[int, float]], None]


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


def test_points_outside_the_time_range_are_left_out(place: tuple[MetricSource, Put]) -> None:
    source, put = place
    put(query(), {EPOCH - 60: 1.0, EPOCH: 2.0, EPOCH + 60: 3.0})
    assert source.fetch([query()], START, START + timedelta(minutes=1)) == {
        "errors": ((EPOCH, 2.0),)
    }


def test_no_queries_make_no_call(place: tuple[MetricSource, Put]) -> None:
    assert place[0].fetch([], START, START + timedelta(minutes=1)) == {}
