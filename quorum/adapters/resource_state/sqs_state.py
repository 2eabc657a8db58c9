"""Settings of an SQS queue, and the number of its dead letters."""

import json
from typing import TYPE_CHECKING, Literal

from quorum.domain.evidence import Scalar

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

Attribute = Literal["RedrivePolicy", "ApproximateNumberOfMessages"]


class SqsState:
    """Reads dlq (the dead-letter queue's name) and dead_letters; None where there is no queue."""

    def __init__(self, client: "SQSClient") -> None:
        self._client = client
        self._urls: dict[str, str] = {}  # a recreated queue of the same name has the same URL

    def __call__(self, queue: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such queue."""
        policy = self._attribute(queue, "RedrivePolicy")
        if policy is None:
            return None
        dead = str(json.loads(policy)["deadLetterTargetArn"]).rpartition(":")[2] if policy else None
        waiting = self._attribute(dead, "ApproximateNumberOfMessages") if dead else None
        return {"dlq": dead, "dead_letters": int(waiting) if waiting else None}

    def _attribute(self, queue: str, name: Attribute) -> str | None:
        """Return the attribute; "" when it is not set, None when there is no such queue."""
        try:
            url = self._urls.get(queue) or self._client.get_queue_url(QueueName=queue)["QueueUrl"]
            response = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        except self._client.exceptions.QueueDoesNotExist:
            return None
        self._urls[queue] = url
        return response.get("Attributes", {}).get(name, "")
