"""The contract of alarm states, for the fake and for CloudWatch; and how alarms are defined."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.domain.errors import SourceUnavailableError
from quorum.ports.telemetry import AlarmSource, AlarmStatus, WatchedMetric
from tests.fakes import InMemoryAlarmSource

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDataQueryTypeDef

CHECKOUT = WatchedMetric("Shop", (("Service", "checkout"),))


def shop(client: "CloudWatchClient") -> None:
    """Create a metric alarm, a metric-math alarm and a composite one."""
    client.put_metric_alarm(
        AlarmName="shop-errors",
        Namespace="Shop",
        MetricName="Errors",
        Dimensions=[{"Name": "Service", "Value": "checkout"}],
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=3,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
    )
    _rate(client)
    client.put_metric_alarm(
        AlarmName="shop-any",
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    # moto knows composite alarms, and not the call that makes one
    backend = cloudwatch_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    backend.alarms["shop-any"].rule = "ALARM(shop-errors)"


def _rate(client: "CloudWatchClient") -> None:
    client.put_metric_alarm(
        AlarmName="shop-rate",
        EvaluationPeriods=2,
        Threshold=0.1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Metrics=[
            {"Id": "rate", "Expression": "errors / requests", "Label": "rate", "ReturnData": True},
            _input("Errors"),
            _input("Requests"),
        ],
    )


def _input(name: str) -> "MetricDataQueryTypeDef":
    dimension: DimensionTypeDef = {"Name": "Service", "Value": "checkout"}
    return {
        "Id": name.lower(),
        "MetricStat": {
            "Metric": {"Namespace": "Shop", "MetricName": name, "Dimensions": [dimension]},
            "Period": 30,
            "Stat": "Sum",
        },
        "ReturnData": False,
    }


def source(kind: str) -> AlarmSource:
    """Return the source with `shop-errors` in ALARM and `shop-any` in OK."""
    if kind == "in_memory":
        now = datetime.now(UTC)
        return InMemoryAlarmSource(
            AlarmStatus("shop-errors", "ALARM", now), AlarmStatus("shop-any", "OK", now)
        )
    client = boto3.client("cloudwatch")
    shop(client)
    client.set_alarm_state(AlarmName="shop-errors", StateValue="ALARM", StateReason="test")
    client.set_alarm_state(AlarmName="shop-any", StateValue="OK", StateReason="test")
    return CloudWatchAlarms(client)


@pytest.mark.parametrize("kind", ["in_memory", "cloudwatch"])
def test_alarm_source_returns_existing_alarms_by_name(kind: str) -> None:
    states = source(kind).states(["shop-errors", "shop-any", "shop-unknown"])
    assert {name: status.state for name, status in states.items()} == {
        "shop-errors": "ALARM",
        "shop-any": "OK",
    }
    for status in states.values():
        assert status.since.tzinfo is UTC
        assert abs(datetime.now(UTC) - status.since) < timedelta(minutes=5)
    assert source(kind).states([]) == {}


@pytest.mark.parametrize(
    ("reason", "without_data"),
    [
        (
            "Threshold Crossed: no datapoints were received for 5 periods and 5 missing "
            "datapoints were treated as [NonBreaching].",
            True,
        ),
        (
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing "
            "datapoint was treated as [NonBreaching].",
            True,
        ),
        (
            "Threshold Crossed: 1 datapoint [0.0 (29/11/26 01:02:00)] was not greater than the "
            "threshold (1.0).",
            False,
        ),
        ("Unchecked: Initial alarm creation", False),
    ],
)
def test_a_state_that_rests_on_missing_data_is_marked(reason: str, *, without_data: bool) -> None:
    client = boto3.client("cloudwatch")
    shop(client)
    client.set_alarm_state(AlarmName="shop-errors", StateValue="OK", StateReason=reason)

    found = CloudWatchAlarms(client).states(["shop-errors"])["shop-errors"]

    assert found.without_data == without_data


def test_alarm_has_metric_and_evaluation() -> None:
    client = boto3.client("cloudwatch")
    shop(client)
    client.set_alarm_state(AlarmName="shop-errors", StateValue="ALARM", StateReason="5 > 4")

    found = CloudWatchAlarms(client).describe(["shop-errors", "shop-rate", "shop-any", "none"])

    assert sorted(found) == ["shop-any", "shop-errors", "shop-rate"]
    errors, rate = found["shop-errors"], found["shop-rate"]
    assert (errors.status.state, errors.reason) == ("ALARM", "5 > 4")
    assert errors[2:11] == (
        *("metric", (CHECKOUT,), "Errors", "Sum", 5, "GreaterThanThreshold", 10, 3, ""),
    )
    assert rate[2:11] == (
        *("math", (CHECKOUT, CHECKOUT), "Errors", "Sum"),
        *(0.1, "GreaterThanOrEqualToThreshold", 30, 2, ""),
    )
    assert (found["shop-any"].kind, found["shop-any"].rule) == ("composite", "ALARM(shop-errors)")


def test_an_alarm_with_a_percentile_or_one_metric_in_the_form_of_math_is_a_metric_alarm() -> None:
    client = boto3.client("cloudwatch")
    (errors,) = (_input("Errors"),)
    common = {
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    client.put_metric_alarm(
        AlarmName="shop-slow",
        Namespace="Shop",
        MetricName="Latency",
        ExtendedStatistic="p99",
        Period=60,
        **common,  # type: ignore[arg-type]
    )
    client.put_metric_alarm(
        AlarmName="shop-one",
        Metrics=[{**errors, "ReturnData": True}],
        **common,  # type: ignore[arg-type]
    )

    found = CloudWatchAlarms(client).describe(["shop-slow", "shop-one"])

    assert (found["shop-slow"].kind, found["shop-slow"].statistic) == ("metric", "p99")
    one = found["shop-one"]
    assert (one.kind, one.metric, one.statistic, one.period_seconds) == (
        "metric",
        "Errors",
        "Sum",
        30,
    )


def test_alarms_are_returned_once_by_prefix() -> None:
    client = boto3.client("cloudwatch")
    shop(client)
    alarms = CloudWatchAlarms(client)
    found = alarms.described(["shop-e", "shop-"])
    assert found["shop-errors"].watched == (CHECKOUT,)
    assert "shop-any" in found
    assert found == alarms.describe(tuple(found))
    assert alarms.described(["other-"]) == {}


def test_more_than_a_hundred_names_take_several_calls_and_all_pages_are_read() -> None:
    client = boto3.client("cloudwatch")
    shop(client)
    names = [f"none-{n}" for n in range(150)] + ["shop-errors"]
    assert list(CloudWatchAlarms(client).states(names)) == ["shop-errors"]
    at = datetime.now(UTC)
    alarm = {"StateValue": "OK", "StateTransitionedTimestamp": at, "StateUpdatedTimestamp": at}
    with Stubber(client) as stubber:
        for page in (
            {"MetricAlarms": [{"AlarmName": "a", **alarm}], "NextToken": "next"},
            {"CompositeAlarms": [{"AlarmName": "b", **alarm}]},
        ):
            stubber.add_response("describe_alarms", page)
        assert list(CloudWatchAlarms(client).states(["a", "b"])) == ["a", "b"]


def test_refused_call_is_an_error_and_not_a_missing_alarm() -> None:
    client = boto3.client("cloudwatch")
    with Stubber(client) as stubber:
        stubber.add_client_error("describe_alarms", "AccessDenied")
        with pytest.raises(SourceUnavailableError, match="AccessDenied"):
            CloudWatchAlarms(client).states(["shop-errors"])


def test_tags_of_an_alarm_are_returned_and_of_an_unknown_alarm_are_an_error() -> None:
    client = boto3.client("cloudwatch")
    shop(client)
    (alarm,) = client.describe_alarms(AlarmNames=["shop-errors"])["MetricAlarms"]
    arn = alarm["AlarmArn"]
    assert CloudWatchAlarms(client).tags(arn) == {}
    client.tag_resource(ResourceARN=arn, Tags=[{"Key": "quorum", "Value": "on"}])
    assert CloudWatchAlarms(client).tags(arn) == {"quorum": "on"}
    with Stubber(client) as stub:  # moto has no tags, and no error, where there is no alarm
        stub.add_client_error("list_tags_for_resource", "ResourceNotFoundException")
        with pytest.raises(SourceUnavailableError, match="ResourceNotFound"):
            CloudWatchAlarms(client).tags(f"{arn}-gone")
