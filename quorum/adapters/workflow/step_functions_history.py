"""The history of an execution, read page by page."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from quorum.adapters.aws.aws_errors import raising
from quorum.domain.errors import StoreUnavailableError
from quorum.ports.workflow import HistoryStep

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

PAGE: Final = 1000
WAITING: Final = ".waitForTaskToken"


class StepFunctionsHistory:
    """An `ExecutionHistory`. It does not request payloads: one of them is a task token."""

    def __init__(self, client: "SFNClient") -> None:
        self._client = client

    def steps(self, execution_arn: str) -> Sequence[HistoryStep]:
        """Return the history so far, oldest first."""
        with raising(StoreUnavailableError, f"history of {execution_arn}"):
            pages = self._client.get_paginator("get_execution_history").paginate(
                executionArn=execution_arn,
                includeExecutionData=False,
                PaginationConfig={"PageSize": PAGE},
            )
            return [_step(event) for page in pages for event in page["events"]]


def _step(event: Mapping[str, Any]) -> HistoryStep:
    details = _details(event)
    resource = str(details.get("resource", ""))
    return HistoryStep(
        id=event["id"],
        previous=event.get("previousEventId", 0),
        type=event["type"],
        at=event["timestamp"],
        resource=_function(details) or resource,
        waits=resource.endswith(WAITING),
    )


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the only field with the details of the entry's type."""
    named = (value for name, value in event.items() if name.endswith("EventDetails"))
    details: Mapping[str, Any] = next(named, {})
    return details


def _function(details: Mapping[str, Any]) -> str:
    """Return the name of the function in the integration's parameters, or ""."""
    try:
        parameters = json.loads(details.get("parameters", "{}"))
    except json.JSONDecodeError:  # cut by the service
        return ""
    return str(parameters.get("FunctionName", "")) if isinstance(parameters, dict) else ""
