"""Button presses as Slack sends them (`block_actions`), and checks of their origin."""

from typing import Annotated, Any, Final, Literal, NamedTuple
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quorum.domain.base import IncidentId, Record
from quorum.domain.errors import InvalidInputError

Action = Literal["approve", "deny", "take_over"]
ORGANISATION: Final = "E"
"""The first character of an Enterprise Grid organisation's id; a workspace's id begins with T."""


class SlackApp(NamedTuple):
    """Quorum's app in Slack. `team` and `app` are empty when not configured."""

    signing_secret: str
    team: str = ""
    app: str = ""

    @property
    def is_organisation(self) -> bool:
        """Return whether the team is an Enterprise Grid organisation."""
        return self.team.startswith(ORGANISATION)


class Press(Record):
    """A button press: the member, the approval request's opaque id, and the block's incident."""

    member: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,30}$")]
    action: Action
    approval_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    incident_id: IncidentId
    response_url: str = Field(max_length=500)
    app: str = ""
    teams: tuple[str, ...] = ()
    """The workspace in which it was pressed, and the organisation around it."""
    home: str = ""
    """The member's own workspace, which differs in a channel that two workspaces share."""


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
    """Return the press. Raises InvalidInputError for anything but a press of one of our buttons."""
    try:
        (payload,) = parse_qs(body, strict_parsing=True, max_num_fields=10)["payload"]
        return _press(_Payload.model_validate_json(payload))
    except (ValueError, KeyError) as error:
        raise InvalidInputError("payload: not a press of one of our buttons") from error


def _press(sent: _Payload) -> Press:
    pressed = sent.actions[0]
    incident_id, approval_id = pressed.block_id.split(":")
    if pressed.value != approval_id:
        raise InvalidInputError("payload: a button of another approval request")
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


def origin_problem(press: Press, app: SlackApp) -> str | None:
    """Return why the press is not from our workspace or app, or None.

    A member id is unique within one workspace only. When our workspace is not configured, the
    member must at least belong to the workspace in which the button was pressed.
    """
    if app.app and press.app != app.app:
        return "it was pressed in another app"
    if app.team and app.team not in press.teams:
        return "it was pressed in another workspace"
    if press.home and press.home not in our_teams(app, press.teams):
        return "the member belongs to another workspace"
    return None


def our_teams(app: SlackApp, teams: tuple[str, ...]) -> tuple[str, ...]:
    """Return the workspaces whose members count; `teams` are those that the request names."""
    return teams if not app.team or app.is_organisation else (app.team,)
