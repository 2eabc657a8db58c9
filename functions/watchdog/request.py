"""The events that wake the watchdog: its schedule, and executions that ended."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from functions.shared.domain.errors import InvalidInputError
from functions.shared.domain.model import IncidentId
from functions.shared.domain.requests import fields
from functions.watchdog.findings import Ended

SOURCE: Final = "aws.states"
_ENDED: Final[Mapping[str, Ended]] = {
    "FAILED": "execution_failed",
    "TIMED_OUT": "execution_timed_out",
    "ABORTED": "execution_aborted",
}
_INCIDENT_ID: Final[TypeAdapter[str]] = TypeAdapter(IncidentId)


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Detail(_Sent):
    """The execution; its name is the incident's id."""

    name: str
    status: Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]
    state_machine_arn: str = Field(alias="stateMachineArn")


class StatusChange(_Sent):
    """What EventBridge sends when an execution's status changes."""

    detail: Detail


class Death(NamedTuple):
    """An execution that did not end well."""

    incident_id: str
    finding: Ended


def death(event: Mapping[str, Any], state_machine_arn: str) -> Death | None:
    """Return what died, or None: another machine, another name than ours, or no such end.

    Raises InvalidInputError for an event that is no status change.
    """
    try:
        detail = StatusChange.model_validate(event).detail
    except ValidationError as error:
        raise InvalidInputError(f"event fields {fields(error)}: sent by Step Functions") from error
    if detail.state_machine_arn != state_machine_arn or detail.status not in _ENDED:
        return None
    try:
        return Death(_INCIDENT_ID.validate_python(detail.name), _ENDED[detail.status])
    except ValidationError:
        return None
