"""sqs.redrive: move dead letters back to where they came from. Irreversible: never autonomous.

The move names no destination: SQS sends each message to its own source queue, and the role may send
to the candidate's queue alone.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3

from functions.executor.dependencies import Place
from functions.executor.ports import Hazards, Scalars
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.target_binding import arns
from functions.executor.targets import QueueTarget
from functions.executor.verb_helpers import aws_errors, check_unchanged, request_id
from quorum.domain.errors import RefusedError, WorldMovedError
from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType


class Redrive:
    """Actuator of a queue and its dead-letter queue."""

    def __init__(
        self, reader: "SQSClient", writer: Callable[[Candidate], "SQSClient"], place: Place
    ) -> None:
        self._reader, self._writer, self._place = reader, writer, place

    def hazards(self, candidate: Candidate) -> Hazards:  # noqa: ARG002 - the port's
        """Return none: `capture` refuses while a move is running."""
        return Hazards()

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the state; there must be dead letters of this queue, and no running move."""
        target = QueueTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        check_unchanged(candidate, state)
        if state["dlq"] != target.dead_letter_queue:
            raise WorldMovedError(f"the dead-letter queue of {target.queue} is {state['dlq']}")
        others = self._sources(target) - {target.queue}
        if others:
            raise RefusedError(
                f"{target.dead_letter_queue} also has the letters of {', '.join(sorted(others))}"
            )
        if state["dead_letters"] == 0:
            raise RefusedError(f"{target.dead_letter_queue} is empty")
        if state["moving"]:
            raise RefusedError(f"a move from {target.dead_letter_queue} is already running")
        return state

    def apply(self, candidate: Candidate, captured: Scalars) -> Effect:
        """Start the move; SQS itself refuses a second concurrent one."""
        writer = self._writer(candidate)
        if self.read(candidate)["last_move"] != captured["last_move"]:
            raise WorldMovedError(f"the dead letters of {candidate.resource} were already moved")
        source, _ = arns(candidate, self._place)
        with aws_errors(candidate.resource):
            answer = writer.start_message_move_task(SourceArn=source)
        return Effect({"task": answer["TaskHandle"]}, request_id(answer))

    def undo(self, candidate: Candidate, captured: Scalars, written: Scalars) -> Effect:  # noqa: ARG002
        """Raise RefusedError: the consumers have the messages."""
        raise RefusedError("sqs.redrive has no inverse")

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the dead-letter queue, its size, and the start of its latest move (epoch ms)."""
        target = QueueTarget.model_validate(candidate.parameters)
        source, _ = arns(candidate, self._place)
        with aws_errors(target.dead_letter_queue):
            policy = self._attribute(target.queue, "RedrivePolicy")
            count = self._attribute(target.dead_letter_queue, "ApproximateNumberOfMessages")
            moves = self._reader.list_message_move_tasks(SourceArn=source, MaxResults=1)
        newest = (moves.get("Results") or [{}])[0]
        arn: str = json.loads(policy or "{}").get("deadLetterTargetArn", "")
        return {
            "dlq": target.dead_letter_queue if arn == source else arn or None,
            "dead_letters": int(count or 0),
            "last_move": newest.get("StartedTimestamp", 0),
            "moving": newest.get("Status") == "RUNNING",
        }

    def happened(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return whether a move was started since the capture."""
        return state["last_move"] != captured["last_move"]

    def restored(self, candidate: Candidate, captured: Scalars, state: Scalars) -> bool:  # noqa: ARG002
        """Return False: nothing restores it."""
        return False

    def _sources(self, target: QueueTarget) -> set[str]:
        """Return the names of the queues whose dead letters go to the dead-letter queue."""
        with aws_errors(target.dead_letter_queue):
            url = self._reader.get_queue_url(QueueName=target.dead_letter_queue)["QueueUrl"]
            paginator = self._reader.get_paginator("list_dead_letter_source_queues")
            return {
                found.rpartition("/")[2]
                for page in paginator.paginate(QueueUrl=url)
                for found in page.get("queueUrls", ())
            }

    def _attribute(self, queue: str, name: "QueueAttributeNameType") -> str | None:
        url = self._reader.get_queue_url(QueueName=queue)["QueueUrl"]
        answer = self._reader.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return answer.get("Attributes", {}).get(name)


def builder(place: Place) -> Callable[[Session], Redrive]:
    """Return the function that builds the actuator on AWS."""

    def build(session: Session) -> Redrive:
        return Redrive(
            boto3.client("sqs", config=READ_CONFIG),
            lambda candidate: boto3.client("sqs", config=EFFECT_CONFIG, **session(candidate)),
            place,
        )

    return build
