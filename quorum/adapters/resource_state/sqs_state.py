"""Settings of an SQS queue, and the number of its dead letters, or of those that it holds."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quorum.domain.evidence import Scalar

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

Attributes = Mapping[Any, str]


class SqsState:
    """Reads dlq (the dead-letter queue's name) and dead_letters; None where there is no queue.

    Of a dead-letter queue also source (the queue that uses it) and messages; of both shared_dlq,
    where several queues use the same one.
    """

    def __init__(self, client: "SQSClient") -> None:
        self._client = client
        self._urls: dict[str, str] = {}  # a recreated queue of the same name has the same URL

    def __call__(self, queue: str, _alias: str | None) -> dict[str, Scalar] | None:
        """Return the settings; None when there is no such queue."""
        own = self._attributes(queue)
        if own is None:
            return None
        policy = own.get("RedrivePolicy")
        dead = str(json.loads(policy)["deadLetterTargetArn"]).rpartition(":")[2] if policy else None
        sources = self._sources(dead or queue)
        letters = self._attributes(dead) if dead else None
        settings: dict[str, Scalar] = {"dlq": dead, "dead_letters": _messages(letters)}
        if not dead and sources:
            settings |= {"source": sources[0], "messages": _messages(own)}
        return {**settings, **({"shared_dlq": True} if len(sources) > 1 else {})}

    def _sources(self, queue: str) -> list[str]:
        """Return the names of the queues whose dead letters go to the queue, in order."""
        try:
            pages = self._client.get_paginator("list_dead_letter_source_queues").paginate(
                QueueUrl=self._url(queue)
            )
            return sorted(u.rpartition("/")[2] for page in pages for u in page.get("queueUrls", ()))
        except self._client.exceptions.QueueDoesNotExist:
            return []

    def _url(self, queue: str) -> str:
        url = self._urls.get(queue) or self._client.get_queue_url(QueueName=queue)["QueueUrl"]
        self._urls[queue] = url
        return url

    def _attributes(self, queue: str) -> Attributes | None:
        """Return the attributes that are set; None when there is no such queue."""
        try:
            url = self._url(queue)
            response = self._client.get_queue_attributes(
                QueueUrl=url, AttributeNames=["RedrivePolicy", "ApproximateNumberOfMessages"]
            )
        except self._client.exceptions.QueueDoesNotExist:
            return None
        return response.get("Attributes", {})


def _messages(attributes: Attributes | None) -> int | None:
    waiting = (attributes or {}).get("ApproximateNumberOfMessages")
    return int(waiting) if waiting else None
