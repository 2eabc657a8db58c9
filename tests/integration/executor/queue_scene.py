"""Queues with dead letters in moto."""

import json
from typing import Any, ClassVar

import boto3
from botocore.config import Config

from quorum.adapters.resource_state.aws_state import aws_state
from quorum.domain.catalogue import Situation
from quorum.domain.evidence import ResourceState, Scalar
from tests.builders.alarms import ACCOUNT
from tests.integration.executor.message_moves import MessageMoves
from tests.integration.executor.scenes import Deliberate, Scene


class Queue(Scene):
    """orders has two dead letters."""

    verb, resource = "sqs.redrive", "sqs:orders"
    effects = ("StartMessageMoveTask",)

    def build(self) -> None:
        self.moves = MessageMoves(self.wire)
        self.client = boto3.client("sqs")
        self.dead = self.client.create_queue(QueueName="orders-dead")["QueueUrl"]
        self.policy = json.dumps(
            {
                "deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dead",
                "maxReceiveCount": 3,
            }
        )
        self.url = self.client.create_queue(
            QueueName="orders", Attributes={"RedrivePolicy": self.policy}
        )["QueueUrl"]

    def spoil(self) -> None:
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
            SourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dead"
        )

    def share(self) -> None:
        """Have another queue use the same dead-letter queue."""
        self.client.create_queue(QueueName="refunds", Attributes={"RedrivePolicy": self.policy})

    deliberate: ClassVar[Deliberate] = {"of two sources": share}

    def _count(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])  # type: ignore[list-item]
        return int(answer["Attributes"][name])  # type: ignore[index]


class DeadLetterQueue(Queue):
    """orders-dead has two dead letters, and the alarm."""

    def settings(self) -> dict[str, Scalar]:
        found = aws_state(Config(), autoscaling=True).state("sqs:orders-dead")
        assert found is not None
        return found.settings

    def situation(self) -> Situation:
        state = ResourceState(resource="sqs:orders-dead", settings=self.settings())
        return Situation((state,), ())
