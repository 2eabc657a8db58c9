"""Dead letters in an SQS queue."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

REASON_LENGTH: Final = 2000
BODY_BYTES: Final = 200_000


class SqsDeadLetters:
    """A `DeadLetters`: {"payload", "reason"} in one message. A large payload is cut as text."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client, self._queue_url = client, queue_url

    def put(self, payload: Mapping[str, Any], reason: str) -> None:
        """Store the JSON payload with the reason."""
        text = json.dumps(dict(payload), default=str)
        kept = payload if len(text) <= BODY_BYTES else {"cut": text[:BODY_BYTES]}
        body = json.dumps({"payload": kept, "reason": reason[:REASON_LENGTH]}, default=str)
        with raising(StoreUnavailableError, "dead letter"):
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=body)
