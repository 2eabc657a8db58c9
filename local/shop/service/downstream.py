"""Calls of the next function through its alias, with the errors that a caller sees."""

import json
from typing import Any

from botocore.exceptions import ClientError

from . import aws, telemetry


class DownstreamError(Exception):
    """The next function failed."""


class DownstreamThrottledError(DownstreamError):
    """Lambda throttled the next function."""


def call(alias_arn: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the result of the function behind the alias. Raises DownstreamError."""
    name = alias_arn.split(":")[-2]
    try:
        response = aws.LAMBDA.invoke(FunctionName=alias_arn, Payload=json.dumps(payload).encode())
    except aws.LAMBDA.exceptions.TooManyRequestsException as error:
        telemetry.publish(f"Shop/{name}", {"FunctionName": name}, {"Throttles": 1})
        raise DownstreamThrottledError(f"{name} throttled the call") from error
    except ClientError as error:
        raise DownstreamError(f"{name} cannot be called: {error}") from error
    answer: dict[str, Any] = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise DownstreamError(f"{name} failed: {answer['errorType']}: {answer['errorMessage']}")
    return answer
