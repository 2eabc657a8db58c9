"""sqs.redrive: send a queue's dead letters back to it. There is no way back: never autonomous."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3

from functions.executor.calls import effect, reading, request_id, still
from functions.executor.dependencies import Place
from functions.executor.ports import Hazards, Settings
from functions.executor.session import EFFECT_CONFIG, READ_CONFIG, Session
from functions.executor.target_binding import arns
from functions.executor.targets import QueueTarget
from quorum.domain.errors import RefusedError, WorldMovedError
from quorum.domain.evidence import Candidate, Scalar
from quorum.ports.execution import Effect

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType


class Redrive:
    """Dead letters on their way back."""

    def __init__(
        self, reader: "SQSClient", writer: Callable[[Candidate], "SQSClient"], place: Place
    ) -> None:
        self._reader, self._writer, self._place = reader, writer, place

    def hazards(self, candidate: Candidate) -> Hazards:  # noqa: ARG002 - the port's
        """Return none: a move that is under way is a precondition."""
        return Hazards()

    def capture(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the dead letters; there must be some, theirs be this queue, and no move run."""
        target = QueueTarget.model_validate(candidate.parameters)
        state = self.read(candidate)
        still(candidate, state)
        if state["dlq"] != target.dead_letter_queue:
            raise WorldMovedError(f"the dead letters of {target.queue} go to {state['dlq']}")
        if state["dead_letters"] == 0:
            raise RefusedError(f"{target.dead_letter_queue} is empty")
        if state["moving"]:
            raise RefusedError(f"{target.dead_letter_queue} is being moved already")
        return state

    def apply(self, candidate: Candidate, captured: Settings) -> Effect:
        """Start the move; SQS itself refuses a second one that runs at the same time."""
        writer = self._writer(candidate)
        if self.read(candidate)["last_move"] != captured["last_move"]:
            raise WorldMovedError(f"the dead letters of {candidate.resource} were moved already")
        source, destination = arns(candidate, self._place)
        with effect(candidate.resource):
            answer = writer.start_message_move_task(SourceArn=source, DestinationArn=destination)
        return Effect({"task": answer["TaskHandle"]}, request_id(answer))

    def undo(self, candidate: Candidate, captured: Settings, written: Settings) -> Effect:  # noqa: ARG002
        """Refuse: the messages are with their consumers."""
        raise RefusedError("sqs.redrive has no inverse")

    def read(self, candidate: Candidate) -> dict[str, Scalar]:
        """Return the dead-letter queue, how much is in it, and when it was last moved (ms)."""
        target = QueueTarget.model_validate(candidate.parameters)
        source, _ = arns(candidate, self._place)
        with reading(target.dead_letter_queue):
            policy = self._attribute(target.queue, "RedrivePolicy")
            letters = self._attribute(target.dead_letter_queue, "ApproximateNumberOfMessages")
            moves = self._reader.list_message_move_tasks(SourceArn=source, MaxResults=1)
        newest = (moves.get("Results") or [{}])[0]
        dead: str = json.loads(policy or "{}").get("deadLetterTargetArn", "")
        return {
            "dlq": target.dead_letter_queue if dead == source else dead or None,
            "dead_letters": int(letters or 0),
            "last_move": newest.get("StartedTimestamp", 0),
            "moving": newest.get("Status") == "RUNNING",
        }

    def happened(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:  # noqa: ARG002
        """Return whether a move was started since."""
        return state["last_move"] != captured["last_move"]

    def restored(self, candidate: Candidate, captured: Settings, state: Settings) -> bool:  # noqa: ARG002
        """Return False: nothing restores it."""
        return False

    def _attribute(self, queue: str, name: "QueueAttributeNameType") -> str | None:
        url = self._reader.get_queue_url(QueueName=queue)["QueueUrl"]
        answer = self._reader.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return answer.get("Attributes", {}).get(name)


def builder(place: Place) -> Callable[[Session], Redrive]:
    """Return what builds it on AWS."""

    def build(session: Session) -> Redrive:
        return Redrive(
            boto3.client("sqs", config=READ_CONFIG),
            lambda candidate: boto3.client("sqs", config=EFFECT_CONFIG, **session(candidate)),
            place,
        )

    return build
