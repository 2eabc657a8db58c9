"""What the state machine asks of the executor, and what it gets back."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from quorum.domain.base import IncidentId, Record
from quorum.domain.errors import InvalidInputError

Result = Literal["acted", "ask", "refused", "undone", "settled"]


class Request(Record):
    """One operation on one round of an incident. Only ids travel; everything else is read."""

    operation: Literal["act", "undo", "settle"]
    incident_id: IncidentId
    round: int = Field(ge=1)
    approval_id: str | None = None


def parse(event: Mapping[str, Any]) -> Request:
    """Return the request. Raises InvalidInputError that names the fields that do not fit."""
    try:
        return Request.model_validate(event)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        raise InvalidInputError(f"request fields {wrong}: sent by the state machine") from error
