"""Calling functions through their aliases."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.shared.adapters.aws_errors import raising
from functions.shared.domain.errors import SourceUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


class LambdaFunctions:
    """A `Functions`."""

    def __init__(self, client: "LambdaClient") -> None:
        self._client = client

    def call(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function and wait until it has answered without an error."""
        with raising(SourceUnavailableError, f"call {arn}"):
            answer = self._client.invoke(FunctionName=arn, Payload=json.dumps(dict(payload)))
            body = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise SourceUnavailableError(f"{arn} failed: {body[:500].decode(errors='replace')}")
