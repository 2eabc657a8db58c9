"""Answers to waiting tasks of the state machine."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import QuorumError, RefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

GONE: Final[dict[str, type[QuorumError]]] = dict.fromkeys(
    ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken"), RefusedError
)


class StepFunctionsTaskTokens:
    """A `TaskTokens`."""

    def __init__(self, client: "SFNClient") -> None:
        self._client = client

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        """Complete the waiting task with the output. Raises RefusedError if it waits no more."""
        with raising(StoreUnavailableError, "the waiting task", GONE):
            self._client.send_task_success(taskToken=token, output=json.dumps(dict(output)))
