"""A pressed button, as Slack sends it (`block_actions`) and as it is handed on to be worked on."""

import base64
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.domain.errors import InvalidInputError
from functions.shared.domain.model import IncidentId, Record

Action = Literal["approve", "deny", "take_over"]
Refused = Literal["late", "replayed"]
LONGEST_BODY: Final = 200_000


class Press(Record):
    """Who pressed what: the approval's opaque id, and the incident that the block is about."""

    member: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,30}$")]
    action: Action
    approval_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    incident_id: IncidentId
    response_url: str = Field(max_length=500)


class Work(Record):
    """What the door hands on. `refused` is what the door itself found wrong."""

    operation: Literal["press"] = "press"
    press: Press
    refused: Refused | None = None


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _User(_Sent):
    id: str


class _Pressed(_Sent):
    action_id: Action
    block_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}:[0-9a-f]{32}$")]
    value: str


class _Payload(_Sent):
    type: Literal["block_actions"]
    user: _User
    actions: tuple[_Pressed, ...] = Field(min_length=1, max_length=1)
    response_url: str = ""


def raw_body(event: Mapping[str, Any]) -> bytes:
    """Return the body as it was sent to the function's URL. Raises InvalidInputError."""
    body = str(event.get("body") or "")
    if len(body) > LONGEST_BODY:
        raise InvalidInputError("body: too long for a button")
    try:
        return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    except ValueError as error:
        raise InvalidInputError("body: not base64") from error


def parse(body: bytes) -> Press:
    """Return the press. Raises InvalidInputError for anything but one of our buttons."""
    try:
        (payload,) = parse_qs(body.decode(), strict_parsing=True, max_num_fields=10)["payload"]
        sent = _Payload.model_validate_json(payload)
        pressed = sent.actions[0]
        incident_id, approval_id = pressed.block_id.split(":")
        if pressed.value != approval_id:
            raise InvalidInputError("payload: a button of another question")
        return Press(
            member=sent.user.id,
            action=pressed.action_id,
            approval_id=approval_id,
            incident_id=incident_id,
            response_url=sent.response_url,
        )
    except (ValueError, KeyError) as error:
        raise InvalidInputError("payload: not a press of one of our buttons") from error
