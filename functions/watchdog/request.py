"""The events that wake the watchdog: its schedule, and executions that ended."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from quorum.application.requests import invalid_fields
from quorum.domain.base import IncidentId
from quorum.domain.errors import InvalidInputError

SOURCE: Final = "aws.states"
_DEATHS: Final = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
_INCIDENT_ID: Final[TypeAdapter[str]] = TypeAdapter(IncidentId)


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Detail(_Sent):
    """The execution; its name is the incident's id."""

    name: str
    status: Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]
    state_machine_arn: str = Field(alias="stateMachineArn")


class StatusChange(_Sent):
    """What EventBridge sends when an execution's status changes."""

    detail: Detail


def death(event: Mapping[str, Any], state_machine_arn: str) -> str | None:
    """Return the incident whose execution is said to have died, or None.

    None is for another machine, another name than ours, and no such end. Raises InvalidInputError
    for an event that is no status change.
    """
    try:
        detail = StatusChange.model_validate(event).detail
    except ValidationError as error:
        raise InvalidInputError(
            f"event fields {invalid_fields(error)}: sent by Step Functions"
        ) from error
    if detail.state_machine_arn != state_machine_arn or detail.status not in _DEATHS:
        return None
    try:
        return _INCIDENT_ID.validate_python(detail.name)
    except ValidationError:
        return None
