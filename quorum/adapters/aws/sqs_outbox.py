"""The outbox as an SQS queue, in which messages wait for the courier."""

from typing import TYPE_CHECKING

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.messages import Waiting

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


class SqsOutbox:
    """An `OutboxQueue`. The courier's event source mapping reads and deletes."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client, self._queue_url = client, queue_url

    def put(self, waiting: Waiting) -> None:
        """Queue the message until the courier delivers it or moves it to the dead letters."""
        with raising(StoreUnavailableError, "outbox"):
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=waiting.model_dump_json()
            )
