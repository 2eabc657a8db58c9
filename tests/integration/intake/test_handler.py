"""A batch of the alarm queue: what is opened, counted, kept, and delivered again."""

import json
from datetime import timedelta

import boto3
import pytest

from quorum.domain.events import AlarmJoined, IncidentOpened
from quorum.runtime.lambda_runtime import WARMING, utc_now
from tests.builders.cloudwatch_events import composite_alarm, metric_alarm
from tests.integration.handlers import CONTEXT
from tests.integration.intake.deployed import Deployed


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Deployed:
    return Deployed(monkeypatch, capsys)


def test_every_message_of_a_batch_is_accounted_for(deployed: Deployed) -> None:
    first, other = metric_alarm(), metric_alarm("shop-checkout-duration", at=5)

    failed = deployed.deliver(
        first, other, first, metric_alarm(value="OK", at=60), metric_alarm("quorum-x"), "?"
    )

    assert failed == []
    counted = deployed.counted()
    assert {name: n for name, n in counted.items() if name.startswith("Alarms_")} == {
        "Alarms_opened": 1,
        "Alarms_joined": 1,
        "Alarms_repeat": 1,
        "Alarms_recovered": 1,
        "Alarms_own": 1,
        "Alarms_unreadable": 1,
    }
    (incident_id,) = deployed.executions()
    kinds = [type(event).__name__ for event in deployed.store.load(incident_id)]
    assert kinds == ["IncidentOpened", "AlarmJoined", "AlarmRecovered"]
    ((letter),) = deployed.kept()
    assert letter["payload"] == {"body": "?"}
    assert letter["reason"].startswith("body: not JSON")


def test_failing_message_is_retried_and_the_others_are_processed(deployed: Deployed) -> None:
    claims = deployed.module.intake.correlator.open_keys
    object.__setattr__(claims, "sleep", lambda _: None)
    until = utc_now() + timedelta(seconds=60)
    deployed.operations.hold("lambda:checkout", "d" * 32, until)

    failed = deployed.deliver(metric_alarm(), metric_alarm("shop-payment", function="payment"))

    assert failed == ["m0"]
    assert len(deployed.executions()) == 1
    assert deployed.counted()["AlarmsFailed"] == 1

    deployed.operations.release("d" * 32, ["lambda:checkout"])
    assert deployed.deliver(metric_alarm()) == []
    assert len(deployed.executions()) == 2


def test_batch_that_fails_completely_is_retried_completely(deployed: Deployed) -> None:
    boto3.client("dynamodb").delete_table(TableName="quorum-test-operations")

    assert deployed.deliver(metric_alarm(), metric_alarm("shop-b")) == ["m0", "m1"]


def test_neighbours_of_the_declared_map_join(deployed: Deployed) -> None:
    services = [{"resource": "lambda:checkout", "depends_on": ["lambda:payment"]}]
    boto3.client("ssm").put_parameter(
        Name="/quorum/service-map", Type="String", Value=json.dumps({"services": services})
    )

    deployed.deliver(metric_alarm(), metric_alarm("shop-payment", function="payment", at=1))

    assert len(deployed.executions()) == 1


def test_unreadable_map_is_counted_and_rejects_no_alarm(deployed: Deployed) -> None:
    boto3.client("ssm").put_parameter(Name="/quorum/service-map", Type="String", Value="{")

    assert deployed.deliver(metric_alarm()) == []

    counted = deployed.counted()
    assert counted["Alarms_opened"] == 1
    assert counted["TopologyUnavailable"] >= 1


def test_composite_has_the_resources_of_its_children(deployed: Deployed) -> None:
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="shop-payment-errors",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": "payment"}],
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=3,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
    )

    deployed.deliver(composite_alarm())

    (incident_id,) = deployed.executions()
    (opened,) = deployed.store.load(incident_id)
    assert isinstance(opened, IncidentOpened)
    assert opened.alarm.resources == ("lambda:payment",)
    assert (opened.alarm.period_seconds, opened.alarm.evaluation_periods) == (10, 3)


def test_message_that_cloudwatch_does_not_confirm_is_a_dead_letter(deployed: Deployed) -> None:
    assert deployed.forge(metric_alarm("shop-invented")) == []
    assert deployed.deliver(metric_alarm(at=10**9)) == []

    assert deployed.executions() == []
    assert deployed.counted()["Alarms_refused"] == 2
    assert [letter["reason"].partition(":")[0] for letter in deployed.kept()] == [
        "alarmName",
        "state.timestamp",
    ]


def test_alarms_metric_is_taken_from_cloudwatch(deployed: Deployed) -> None:
    deployed.deliver(metric_alarm("shop-checkout-errors", function="checkout"))
    deployed.forge(metric_alarm("shop-checkout-errors", function="victim", at=5))

    (incident_id,) = deployed.executions()
    opened, joined = deployed.store.load(incident_id)
    assert isinstance(opened, IncidentOpened)
    assert isinstance(joined, AlarmJoined)
    assert opened.alarm.resources == joined.alarm.resources == ("lambda:checkout",)
    assert (opened.alarm.statistic, opened.alarm.threshold) == ("Sum", 5)


def test_a_warming_event_reads_and_writes_nothing(deployed: Deployed) -> None:
    boto3.client("dynamodb").delete_table(TableName="quorum-test-operations")

    assert deployed.module.lambda_handler(WARMING, CONTEXT) == {"warm": True}
