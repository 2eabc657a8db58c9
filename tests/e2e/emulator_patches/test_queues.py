"""SQS: the metrics of the queues."""

import time

import pytest

from local.stage import wait_until
from tests.e2e.emulator_patches.cloud import Cloud

pytestmark = pytest.mark.fast
SOON = 20.0


def test_a_queue_publishes_how_many_messages_wait(cloud: Cloud) -> None:
    queues, metrics = cloud.emulator.client("sqs"), cloud.emulator.client("cloudwatch")
    queue = cloud.name("queue")
    url = queues.create_queue(QueueName=queue)["QueueUrl"]
    queues.send_message(QueueUrl=url, MessageBody="waits")
    stat = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": queue}],
    }

    def waiting() -> bool:
        alone = {"Period": 60, "Statistics": ["Maximum"]}
        now = time.time()
        found = metrics.get_metric_statistics(
            **stat, **alone, StartTime=now - 120, EndTime=now + 60
        )
        return [point["Maximum"] for point in found["Datapoints"]][-1:] == [1.0]

    wait_until(waiting, seconds=SOON, what="the queue's metric")
