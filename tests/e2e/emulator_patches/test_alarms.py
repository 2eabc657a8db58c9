"""CloudWatch: alarms evaluated by a clock, with events on the bus."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from local.clients import REGION
from local.emulator import ACCOUNT
from local.stage import wait_until
from tests.e2e.emulator_patches.cloud import Cloud

pytestmark = pytest.mark.fast
PERIOD = 2
SOON = 20.0


def watch(cloud: Cloud, **more: Any) -> str:
    """Create an alarm on more than three errors of `mine`; return its name."""
    name = cloud.name("alarm")
    cloud.emulator.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": name,
            "MetricName": "Errors",
            "Dimensions": [{"Name": "F", "Value": "mine"}],
            "Period": PERIOD,
            "EvaluationPeriods": 1,
            "Statistic": "Sum",
            "Threshold": 3,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            **more,
        }
    )
    return name


def publish(cloud: Cloud, alarm: str, value: float, dimension: str = "mine") -> None:
    """Publish one point of the alarm's metric."""
    dimensions = [{"Name": "F", "Value": dimension}]
    point = {"MetricName": "Errors", "Value": value, "Dimensions": dimensions}
    data = [{**point, "Timestamp": datetime.now(UTC), "StorageResolution": 1}]
    cloud.emulator.client("cloudwatch").put_metric_data(Namespace=alarm, MetricData=data)


def state(cloud: Cloud, alarm: str) -> str:
    found = cloud.emulator.client("cloudwatch").describe_alarms(AlarmNames=[alarm])
    return str(found["MetricAlarms"][0]["StateValue"])


def until(cloud: Cloud, alarm: str, wanted: str) -> None:
    wait_until(lambda: state(cloud, alarm) == wanted, seconds=SOON, every=0.1, what=wanted)


def test_an_alarm_watches_its_own_dimensions_and_recovers_by_the_clock(cloud: Cloud) -> None:
    alarm = watch(cloud)
    until(cloud, alarm, "OK")

    publish(cloud, alarm, 50, dimension="another's")
    assert state(cloud, alarm) == "OK"
    time.sleep(1.5)
    assert state(cloud, alarm) == "OK"

    publish(cloud, alarm, 5)
    until(cloud, alarm, "ALARM")
    until(cloud, alarm, "OK")


@pytest.mark.parametrize(
    ("missing", "wanted"),
    [("breaching", "ALARM"), ("notBreaching", "OK"), ("missing", "INSUFFICIENT_DATA")],
)
def test_missing_data_counts_as_the_alarm_declares(cloud: Cloud, missing: str, wanted: str) -> None:
    alarm = watch(cloud, TreatMissingData=missing)
    until(cloud, alarm, wanted)
    time.sleep(1.2)

    assert state(cloud, alarm) == wanted


def test_an_alarm_needs_its_declared_number_of_periods(cloud: Cloud) -> None:
    alarm = watch(cloud, EvaluationPeriods=4, DatapointsToAlarm=2)
    until(cloud, alarm, "OK")

    publish(cloud, alarm, 5)
    time.sleep(PERIOD + 0.5)
    assert state(cloud, alarm) == "OK"

    publish(cloud, alarm, 5)
    until(cloud, alarm, "ALARM")


def test_a_state_set_by_hand_lasts_for_a_period(cloud: Cloud) -> None:
    alarm = watch(cloud)
    until(cloud, alarm, "OK")
    began = time.monotonic()

    cloud.emulator.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="a drill"
    )
    assert state(cloud, alarm) == "ALARM"

    until(cloud, alarm, "OK")
    assert time.monotonic() - began >= PERIOD - 1


def test_every_transition_of_an_alarm_is_an_event_on_the_bus(cloud: Cloud) -> None:
    queues, events = cloud.emulator.client("sqs"), cloud.emulator.client("events")
    queue, alarm = cloud.name("queue"), watch(cloud)
    until(cloud, alarm, "OK")
    url = queues.create_queue(QueueName=queue)["QueueUrl"]
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "detail": {"alarmName": [alarm], "state": {"value": ["ALARM"]}},
    }
    events.put_rule(Name=queue, EventPattern=json.dumps(pattern))
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"}
    events.put_targets(Rule=queue, Targets=[target])

    publish(cloud, alarm, 5)
    message = queues.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"][0]

    event = json.loads(message["Body"])
    assert event["resources"] == [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}"]
    assert event["detail"]["previousState"]["value"] == "OK"
    stat = event["detail"]["configuration"]["metrics"][0]["metricStat"]
    assert stat["metric"]["dimensions"] == {"F": "mine"}
