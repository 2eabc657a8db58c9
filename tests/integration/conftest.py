"""AWS in memory: every test below gets its own, and none can reach the real one."""

import os
from collections.abc import Callable, Iterator
from functools import wraps
from threading import RLock
from typing import Any

import pytest
from moto import mock_aws
from moto.dynamodb.models import DynamoDBBackend

REGION = "us-east-1"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start moto with credentials that are worth nothing anywhere else."""
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        monkeypatch.delenv(name)
    for name in ("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    lock = RLock()
    for operation in ("put_item", "update_item", "delete_item", "transact_write_items"):
        atomic = _holding(lock, getattr(DynamoDBBackend, operation))
        monkeypatch.setattr(DynamoDBBackend, operation, atomic)
    with mock_aws():
        yield


def _holding(lock: RLock, operation: Callable[..., Any]) -> Callable[..., Any]:
    """Return the operation as DynamoDB does it: condition and write are one step.

    Between moto's check and its write another thread may run.
    """

    @wraps(operation)
    def atomic(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return operation(*args, **kwargs)

    return atomic
