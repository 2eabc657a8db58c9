"""A queue with dead letters in moto."""

import json
from typing import Any

import boto3

from quorum.domain.evidence import Scalar
from tests.builders.alarms import ACCOUNT
from tests.integration.executor.message_moves import MessageMoves
from tests.integration.executor.scenes import Scene


class Queue(Scene):
    """orders has two dead letters."""

    verb, resource = "sqs.redrive", "sqs:orders"

    def build(self) -> None:
        self.moves = MessageMoves(self.wire)
        self.client = boto3.client("sqs")
        self.dead = self.client.create_queue(QueueName="orders-dead")["QueueUrl"]
        policy = {
            "deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dead",
            "maxReceiveCount": 3,
        }
        self.url = self.client.create_queue(
            QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)}
        )["QueueUrl"]
        for body in ("one", "two"):
            self.client.send_message(QueueUrl=self.dead, MessageBody=body)

    def parameters(self) -> dict[str, Scalar]:
        return {"queue": "orders", "dead_letter_queue": "orders-dead"}

    def observed(self) -> dict[str, Scalar]:
        return {"dlq": "orders-dead"}

    def state(self) -> Any:
        return self._count(self.url), self._count(self.dead)

    def interfere(self) -> None:
        self.client.start_message_move_task(
            SourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dead",
            DestinationArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders",
        )

    def _count(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])  # type: ignore[list-item]
        return int(answer["Attributes"][name])  # type: ignore[index]
