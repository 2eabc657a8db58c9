"""The watchdog's triggers: its schedule, and executions that ended."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from quorum.application.requests import invalid_fields
from quorum.domain.base import IncidentId
from quorum.domain.errors import InvalidInputError

SOURCE: Final = "aws.states"
_FAILURES: Final = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
_INCIDENT_ID: Final[TypeAdapter[str]] = TypeAdapter(IncidentId)


class _Received(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Detail(_Received):
    """The execution; its name is the incident's id."""

    name: str
    status: Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]
    state_machine_arn: str = Field(alias="stateMachineArn")


class StatusChange(_Received):
    """EventBridge's event for a change of an execution's status."""

    detail: Detail


def failed_execution(event: Mapping[str, Any], state_machine_arn: str) -> str | None:
    """Return the id of the incident whose execution is reported as failed, or None.

    None for another state machine, a name that is no incident id, and any other status. Raises
    InvalidInputError for an event that is no status change.
    """
    try:
        detail = StatusChange.model_validate(event).detail
    except ValidationError as error:
        raise InvalidInputError(
            f"event fields {invalid_fields(error)}: sent by Step Functions"
        ) from error
    if detail.state_machine_arn != state_machine_arn or detail.status not in _FAILURES:
        return None
    try:
        return _INCIDENT_ID.validate_python(detail.name)
    except ValidationError:
        return None
