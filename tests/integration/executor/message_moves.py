"""SQS's message move tasks, which moto lacks."""

import json
import time
from typing import Any

import boto3

from tests.integration.executor.models import Answer, Wire, answer


class MessageMoves:
    """SQS's message move tasks: one at a time, from a dead-letter queue to its one source."""

    def __init__(self, wire: Wire) -> None:
        self.tasks: list[dict[str, Any]] = []
        wire.on("sqs.StartMessageMoveTask", self._start)
        wire.on("sqs.ListMessageMoveTasks", self._list)

    def _start(self, params: dict[str, Any], **_: Any) -> Answer:
        body = params["body"].decode() if isinstance(params["body"], bytes) else params["body"]
        asked = json.loads(body)
        if any(task["Status"] == "RUNNING" for task in self.tasks):
            error = {"Code": "UnsupportedOperation", "Message": "a task is running"}
            return answer({"Error": error}, 400)
        assert "DestinationArn" not in asked, "SQS itself sends each letter to its own source"
        moved = self._move(asked["SourceArn"])
        started = int(time.time() * 1000) + len(self.tasks)
        task = {"Status": "COMPLETED", "StartedTimestamp": started, "SourceArn": asked["SourceArn"]}
        self.tasks.insert(0, {**task, "ApproximateNumberOfMessagesMoved": moved})
        return answer({"TaskHandle": f"task-{started}"})

    def _list(self, **_: Any) -> Answer:
        return answer({"Results": self.tasks[:1]})

    @staticmethod
    def _move(source: str) -> int:
        sqs = boto3.session.Session().client("sqs")  # its calls are SQS's own, not the verb's
        dead = sqs.get_queue_url(QueueName=source.rpartition(":")[2])["QueueUrl"]
        urls = [dead, *sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"]]
        messages = sqs.receive_message(QueueUrl=urls[0], MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.send_message(QueueUrl=urls[1], MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=urls[0], ReceiptHandle=message["ReceiptHandle"])
        return len(messages)
