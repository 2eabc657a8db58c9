"""A handler as Lambda loads it: environment first, then the import, then the event."""

import importlib
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Final, cast

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from tests.integration.tables import create_table


@dataclass
class Context:
    """The part of the context that Powertools reads."""

    function_name: str = "quorum-test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:quorum-test:live"
    aws_request_id: str = "request"


CONTEXT = cast("LambdaContext", Context())


def load(patch: pytest.MonkeyPatch, part: str, **environment: str) -> ModuleType:
    """Return the part's handler, imported afresh with this environment alone."""
    patch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    patch.setenv("POWERTOOLS_SERVICE_NAME", part)
    for name, value in environment.items():
        patch.setenv(name, value)
    name = f"functions.{part}.handler"
    patch.delitem(sys.modules, name, raising=False)
    module = importlib.import_module(name)
    patch.delitem(sys.modules, name)
    return module


NO_TEXTS: Final = {
    "KNOWLEDGE_TABLE": "quorum-test-knowledge",
    "MEMORY": "off",
    "MEMORY_ENDPOINT": "",
    "EMBEDDING_MODEL": "amazon.titan-embed-text-v2:0",
    "EMBEDDING_DIMENSIONS": "256",
    "EMBEDDING_REGION": "us-east-1",
}
"""Settings of a deployment that embeds no texts: moto has no vector index."""
BOOKS: Final = ("openings", "closings", "approvals", "notifications")


def books() -> dict[str, str]:
    """Create the tables of notifying functions beside the log; return settings with their names."""
    for book in BOOKS:
        create_table(book)
    return {f"{book.upper()}_TABLE": f"quorum-test-{book}" for book in BOOKS}


def create_queue(name: str = "quorum-test-dead-letters") -> str:
    """Return the URL of a new queue."""
    return boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]


def bodies(queue_url: str) -> list[str]:
    """Return the bodies of the messages in the queue."""
    found = boto3.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    return [message["Body"] for message in found.get("Messages", [])]
