"""Invocation of functions through their aliases."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import (
    ConcurrencyConflictError,
    InvalidInputError,
    QuorumError,
    RefusedError,
    SourceUnavailableError,
)

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


CALLER_ERRORS: Final[Mapping[str, type[QuorumError]]] = {
    kind.__name__: kind for kind in (RefusedError, InvalidInputError, ConcurrencyConflictError)
}
"""Errors that concern the caller, by the name under which Lambda reports them."""


class LambdaFunctions:
    """A `Functions` and an `Answering`."""

    def __init__(self, client: "LambdaClient") -> None:
        self._client = client

    def call(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function and wait until it has returned without an error."""
        body, failed = self._invoke(arn, payload)
        if failed:
            raise SourceUnavailableError(f"{arn} failed: {body[:500].decode(errors='replace')}")

    def ask(self, arn: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke the function; return its result, or raise the error that concerns its caller."""
        body, failed = self._invoke(arn, payload)
        try:
            result: dict[str, Any] = json.loads(body)
        except ValueError as error:
            raise SourceUnavailableError(f"{arn} returned invalid JSON") from error
        if not failed:
            return result
        error_type, message = str(result.get("errorType")), str(result.get("errorMessage", ""))
        raise CALLER_ERRORS.get(error_type, SourceUnavailableError)(message)

    def call_async(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function asynchronously; Lambda retries failures, then sets them aside."""
        with raising(SourceUnavailableError, f"call {arn}"):
            self._client.invoke(
                FunctionName=arn, InvocationType="Event", Payload=json.dumps(dict(payload))
            )

    def _invoke(self, arn: str, payload: Mapping[str, Any]) -> tuple[bytes, bool]:
        with raising(SourceUnavailableError, f"call {arn}"):
            response = self._client.invoke(FunctionName=arn, Payload=json.dumps(dict(payload)))
            return response["Payload"].read(), bool(response.get("FunctionError"))
