"""Calling one of Quorum's functions for its answer, or handing it something to work on."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.shared.adapters.aws_errors import raising
from functions.shared.domain.errors import InvalidInputError, RefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

_OURS = {kind.__name__: kind for kind in (RefusedError, InvalidInputError)}


class LambdaCalls:
    """One function, by the ARN of its alias."""

    def __init__(self, client: "LambdaClient", arn: str) -> None:
        self._client, self._arn = client, arn

    def ask(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the function answers.

        Raises RefusedError or InvalidInputError when the function does, with its words, and
        StoreUnavailableError when it fails otherwise.
        """
        with raising(StoreUnavailableError, f"call {self._arn}"):
            answer = self._client.invoke(FunctionName=self._arn, Payload=json.dumps(dict(payload)))
            body: Any = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            kind = _OURS.get(body.get("errorType"), StoreUnavailableError)
            raise kind(str(body.get("errorMessage", "it failed"))[:500])
        return dict(body or {})

    def hand_on(self, payload: Mapping[str, Any]) -> None:
        """Have the function work on it later; what fails is tried again, then put aside."""
        with raising(StoreUnavailableError, f"call {self._arn}"):
            self._client.invoke(
                FunctionName=self._arn,
                InvocationType="Event",
                Payload=json.dumps(dict(payload)),
            )
