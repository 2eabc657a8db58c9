"""SQS: the metrics of the queues."""

import json
import time
from typing import Any

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


def test_dead_letters_are_moved_back_to_their_own_sources(cloud: Cloud) -> None:
    queues = cloud.emulator.client("sqs")
    dead = queues.create_queue(QueueName=cloud.name("dead"))["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 1})
    sources = []
    for name in ("orders", "refunds"):
        attributes = {"RedrivePolicy": policy, "VisibilityTimeout": "0"}
        created = queues.create_queue(QueueName=cloud.name(name), Attributes=attributes)
        sources.append(created["QueueUrl"])
        queues.send_message(QueueUrl=created["QueueUrl"], MessageBody=name)
        for _ in range(2):  # the second attempt finds the message received too often
            queues.receive_message(QueueUrl=created["QueueUrl"])
    queues.send_message(QueueUrl=dead, MessageBody="of no source")

    found = queues.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"]
    assert sorted(url.rpartition("/")[2] for url in found) == sorted(
        url.rpartition("/")[2] for url in sources
    )
    queues.start_message_move_task(SourceArn=arn["QueueArn"])

    (task,) = queues.list_message_move_tasks(SourceArn=arn["QueueArn"])["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)
    assert [bodies(queues, url) for url in sources] == [["orders"], ["refunds"]]
    assert bodies(queues, dead) == ["of no source"]


def bodies(queues: Any, url: str) -> list[str]:
    """Return the bodies of the messages that can be received."""
    received = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in received.get("Messages", [])]
