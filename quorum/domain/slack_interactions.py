"""A pressed button, as Slack sends it (`block_actions`), and whose it can be."""

from typing import Annotated, Any, Final, Literal, NamedTuple
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quorum.domain.base import IncidentId, Record
from quorum.domain.errors import InvalidInputError

Action = Literal["approve", "deny", "take_over"]
ORGANISATION: Final = "E"
"""What the id of an Enterprise Grid organisation begins with; a workspace's with T."""


class SlackApp(NamedTuple):
    """The app that we are in Slack. `team` and `app` are empty where nobody has said which."""

    signing_secret: str
    team: str = ""
    app: str = ""


class Press(Record):
    """Who pressed what: the approval's opaque id, and the incident that the block is about."""

    member: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,30}$")]
    action: Action
    approval_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    incident_id: IncidentId
    response_url: str = Field(max_length=500)
    app: str = ""
    teams: tuple[str, ...] = ()
    """Where it was pressed: the workspace, and the organisation around it."""
    home: str = ""
    """The workspace that the member is of: another one's, in a channel that two share."""


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _User(_Sent):
    id: str
    team_id: str = ""


class _Place(_Sent):
    id: str = ""


class _Pressed(_Sent):
    action_id: Action
    block_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}:[0-9a-f]{32}$")]
    value: str


class _Payload(_Sent):
    type: Literal["block_actions"]
    user: _User
    team: _Place | None = None
    enterprise: _Place | None = None
    api_app_id: str = ""
    actions: tuple[_Pressed, ...] = Field(min_length=1, max_length=1)
    response_url: str = ""


def parse(body: str) -> Press:
    """Return the press. Raises InvalidInputError for anything but one of our buttons."""
    try:
        (payload,) = parse_qs(body, strict_parsing=True, max_num_fields=10)["payload"]
        return _press(_Payload.model_validate_json(payload))
    except (ValueError, KeyError) as error:
        raise InvalidInputError("payload: not a press of one of our buttons") from error


def _press(sent: _Payload) -> Press:
    pressed = sent.actions[0]
    incident_id, approval_id = pressed.block_id.split(":")
    if pressed.value != approval_id:
        raise InvalidInputError("payload: a button of another question")
    fields: dict[str, Any] = {
        "member": sent.user.id,
        "action": pressed.action_id,
        "approval_id": approval_id,
        "incident_id": incident_id,
        "response_url": sent.response_url,
        "app": sent.api_app_id,
        "teams": tuple(place.id for place in (sent.team, sent.enterprise) if place and place.id),
        "home": sent.user.team_id,
    }
    return Press.model_validate(fields)


def foreign(press: Press, app: SlackApp) -> str | None:
    """Return why the press is none of our workspace's or app's, or None.

    A member's id is unique in one workspace only. Where nobody has said which workspace is ours,
    who pressed must at least be of the one where it was pressed.
    """
    if app.app and press.app != app.app:
        return "it was pressed in another app"
    if app.team and app.team not in press.teams:
        return "it was pressed in another workspace"
    ours = press.teams if not app.team or app.team.startswith(ORGANISATION) else (app.team,)
    if press.home and press.home not in ours:
        return "whoever pressed it is of another workspace"
    return None
