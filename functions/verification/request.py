"""What the state machine asks of verification."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from quorum.domain.base import IncidentId, Record
from quorum.domain.errors import InvalidInputError

Verdict = Literal["pending", "recovered", "failed", "unverified"]


class Request(Record):
    """Whether the action helped, or whether the alarm is over by itself."""

    incident_id: IncidentId
    mode: Literal["action", "dismissal"]


def parse(event: Mapping[str, Any]) -> Request:
    """Return the request. Raises InvalidInputError that names the fields that do not fit."""
    try:
        return Request.model_validate(event)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        raise InvalidInputError(f"request fields {wrong}: sent by the state machine") from error
