"""The metrics that are fetched, and the treatment of their points."""

from math import inf, nan

import pytest

from functions.evidence.queries import (
    MOST_SERIES,
    SeriesRequest,
    alarm_metric,
    series,
    series_requests,
)
from quorum.domain.conventions import Metric, metrics_of, metrics_of_version
from quorum.domain.evidence import Alarm, Measure
from quorum.domain.resources import own_dimensions
from quorum.domain.topology import Metrics, Service
from tests.builders.topology import MAP, alarm
from tests.fakes import START

NOW = int(START.timestamp())
DECLARED = MAP.service("lambda:front")


def want(*metrics: Metric, period: int = 1) -> tuple[SeriesRequest, ...]:
    return series_requests([alarm()], [("lambda:front", metric) for metric in metrics], period)


@pytest.mark.parametrize(
    ("resource", "dimensions"),
    [
        ("lambda:f", (("FunctionName", "f"),)),
        ("dynamodb:t", (("TableName", "t"),)),
        ("sqs:q", (("QueueName", "q"),)),
        ("ecs:c/s", (("ClusterName", "c"), ("ServiceName", "s"))),
        ("ecs:c", ()),
        ("ssm:/p", ()),
    ],
)
def test_resource_has_its_services_dimensions(
    resource: str, dimensions: tuple[tuple[str, str], ...]
) -> None:
    assert own_dimensions(resource) == dimensions


@pytest.mark.parametrize(
    ("resource", "namespace", "measures"),
    [
        ("lambda:f", "AWS/Lambda", {"requests", "errors", "latency", "throttles"}),
        ("dynamodb:t", "AWS/DynamoDB", {"throttles", "capacity"}),
        ("sqs:q", "AWS/SQS", {"depth", "age", "other"}),
        ("ecs:c/s", "AWS/ECS", {"capacity"}),
    ],
)
def test_resource_without_declared_metrics_has_its_services(
    resource: str, namespace: str, measures: set[str]
) -> None:
    found = metrics_of(resource, None)
    assert {m.namespace for m in found} == {namespace}
    assert {m.measure for m in found} == measures


def test_resource_without_metrics_is_not_queried() -> None:
    assert metrics_of("ssm:/p", None) == metrics_of("other:x", None) == ()


def test_declared_service_is_measured_by_its_declaration() -> None:
    found = {m.measure: m for m in metrics_of("lambda:front", DECLARED)}
    assert found["errors"] == Metric(
        "Shop/front", "Errors", (("FunctionName", "front"),), "errors", "Sum"
    )
    assert found["latency"].statistic == "p95"


def test_declared_services_versions_have_their_own_namespace_and_dimension() -> None:
    found = {m.measure: m for m in metrics_of_version("lambda:front", DECLARED, "live", "7")}
    assert set(found) == {"requests", "errors", "latency"}
    assert found["errors"].namespace == "Shop/front/7"
    assert found["errors"].dimensions == (("FunctionName", "front"), ("ExecutedVersion", "7"))


def test_an_operator_can_name_the_dimensions() -> None:
    metrics = Metrics(
        namespace="N", version_namespace="N", dimensions={"svc": "x"}, version_dimension="build"
    )
    service = Service(resource="lambda:front", metrics=metrics)
    assert metrics_of("lambda:front", service)[0].dimensions == (("svc", "x"),)
    (version, *_) = metrics_of_version("lambda:front", service, None, "7")
    assert version.dimensions == (("svc", "x"), ("build", "7"))


def test_lambda_versions_are_measured_behind_an_alias() -> None:
    found = metrics_of_version("lambda:f", None, "live", "7")
    assert {m.dimensions for m in found} == {
        (("FunctionName", "f"), ("Resource", "f:live"), ("ExecutedVersion", "7"))
    }
    assert {m.measure for m in found} == {"requests", "errors", "latency"}
    assert metrics_of_version("lambda:f", None, None, "7") == ()
    assert metrics_of_version("dynamodb:t", None, "live", "7") == ()


def test_aws_metric_is_read_in_periods_of_at_least_a_minute() -> None:
    (query, *_) = (w.query for w in want(*metrics_of("lambda:f", None)) if w.alarm is None)
    assert query.period_seconds == 60


def test_alarmed_series_is_queried_once() -> None:
    found = want(*metrics_of("lambda:front", DECLARED))
    assert [w.metric.name for w in found if w.alarm] == ["Errors"]
    assert len(found) == len(metrics_of("lambda:front", DECLARED))


def wanted(*fired: Alarm) -> list[tuple[str, str, str, bool]]:
    """Return name, measure, statistic and whether an alarm watches it, of each series of front."""
    metrics = [("lambda:front", m) for m in metrics_of("lambda:front", DECLARED)]
    found = series_requests(fired, metrics, 1)
    return [
        (w.metric.name, w.metric.measure, w.metric.statistic, w.alarm is not None) for w in found
    ]


@pytest.mark.parametrize("statistic", ["p50", "p99", "p99.9", "tm95", "IQM", "Average", "Maximum"])
def test_latency_is_read_once_in_the_statistic_of_the_alarm(statistic: str) -> None:
    found = wanted(alarm(metric="LatencyMs", statistic=statistic))

    assert [one for one in found if one[0] == "LatencyMs"] == [
        ("LatencyMs", "latency", statistic, True)
    ]


def test_of_two_alarms_on_a_level_the_first_decides_the_statistic() -> None:
    slow = [alarm(metric="LatencyMs", statistic=statistic) for statistic in ("p50", "p99")]

    assert [one[1:] for one in wanted(*slow) if one[3]] == [
        ("other", "p99", True),
        ("latency", "p50", True),
    ]


@pytest.mark.parametrize(("metric", "statistic"), [("Errors", "Average"), ("LatencyMs", "Sum")])
def test_an_alarm_on_another_statistic_has_a_series_of_its_own(metric: str, statistic: str) -> None:
    found = wanted(alarm(metric=metric, statistic=statistic))

    assert [one for one in found if one[3]] == [(metric, "other", statistic, True)]
    assert len([one for one in found if one[0] == metric]) == 2


@pytest.mark.parametrize(
    ("measure", "usual", "read"),
    [
        ("latency", "p95", {"p99"}),
        ("age", "Maximum", {"p99"}),
        ("capacity", "Average", {"p99"}),
        ("capacity", "Minimum", {"Minimum", "p99"}),
        ("capacity", "Sum", {"Sum", "p99"}),
        ("requests", "Average", {"Average", "p99"}),
        ("errors", "Maximum", {"Maximum", "p99"}),
    ],
)
def test_only_a_level_that_is_worse_when_it_rises_takes_the_alarms_statistic(
    measure: Measure, usual: str, read: set[str]
) -> None:
    fired = alarm(namespace="N", metric="M", dimensions=(), statistic="p99")
    metric = Metric("N", "M", (), measure, usual)

    found = series_requests([fired], [("lambda:front", metric)], 60)

    assert {one.query.statistic for one in found} == read


@pytest.mark.parametrize(
    "changes", [{"kind": "math"}, {"kind": "composite"}, {"metric": None}, {"statistic": "median"}]
)
def test_alarm_on_several_series_has_no_series_of_its_own(changes: dict[str, str]) -> None:
    assert alarm_metric(alarm(**changes)) is None


def test_the_number_of_series_is_bounded_and_the_alarms_own_come_first() -> None:
    many = [Metric("N", f"M{n}", (), "other", "Sum") for n in range(2 * MOST_SERIES)]
    found = want(*many, *metrics_of("lambda:front", DECLARED))
    assert len(found) == MOST_SERIES
    assert found[0].alarm is not None
    assert len({w.query.id for w in found}) == MOST_SERIES


def test_points_are_whole_periods_with_finite_numbers() -> None:
    (requests, *_) = (w for w in want(*metrics_of("lambda:front", DECLARED), period=10))
    points = ((NOW - 30, nan), (NOW - 20, inf), (NOW - 10, 0.0), (NOW - 9, 4.0))
    (found,) = series([requests], {requests.query.id: points}, START)
    assert found.points == ((NOW - 10, 0.0),)


def test_series_without_points_is_left_out() -> None:
    wants = want(*metrics_of("lambda:front", DECLARED))
    assert list(series(wants, {wants[0].query.id: ()}, START)) == []


def test_every_series_has_a_unique_id() -> None:
    metrics = (
        *metrics_of("lambda:front", DECLARED),
        *metrics_of_version("lambda:front", DECLARED, "live", "3"),
        *metrics_of_version("lambda:front", DECLARED, "live", "4"),
        *metrics_of("dynamodb:t", None),
    )
    wants = series_requests([alarm(metric="Other")], [("lambda:front", m) for m in metrics], 1)
    ids = [s.id for s in series(wants, {w.query.id: ((0, 1.0),) for w in wants}, START)]
    assert len(set(ids)) == len(wants)
