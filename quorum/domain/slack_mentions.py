"""Mentions of Quorum's app in Slack, as its Events API sends them (`app_mention`).

Source: https://docs.slack.dev/reference/events/app_mention and
https://docs.slack.dev/reference/events/url_verification.
"""

import re
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from quorum.domain.base import Record
from quorum.domain.errors import InvalidInputError
from quorum.domain.slack_interactions import SlackApp, our_teams
from quorum.domain.slack_signature import LONGEST_BODY, SignedBody

_MARKUP: Final = re.compile(r"<[^<>]{0,200}>")
_TS = r"^\d{1,16}\.\d{1,10}$"


class SignedEvent(SignedBody):
    """A request of the Events API as received: JSON, of any characters."""

    body: Annotated[str, Field(max_length=LONGEST_BODY, repr=False)]


class Mention(Record):
    """A mention: the member, the thread it is in, and the question."""

    event_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{3,40}$")]
    member: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,30}$")]
    channel: Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]{2,30}$")]
    thread: Annotated[str, StringConstraints(pattern=_TS)]
    """The time stamp of the thread's first message, which is its id."""
    question: Annotated[str, Field(max_length=LONGEST_BODY, repr=False)]
    """Untrusted text, without Slack's own markup."""
    app: str = ""
    team: str = ""
    """The workspace that the event was sent for."""
    home: str = ""
    """The member's own workspace, which differs in a channel that two workspaces share."""
    shared: bool = False
    """The channel is shared with another organisation."""


class Challenge(Record):
    """Slack's check of the address when events are switched on."""

    challenge: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _AppMention(_Sent):
    type: Literal["app_mention"]
    user: str
    text: str
    channel: str
    ts: str
    thread_ts: str = ""
    user_team: str = ""
    team: str = ""


class _Callback(_Sent):
    type: Literal["event_callback"]
    event_id: str
    event: _AppMention
    api_app_id: str = ""
    team_id: str = ""
    is_ext_shared_channel: bool = False


class _Verification(_Sent):
    type: Literal["url_verification"]
    challenge: str


_REQUEST: Final[TypeAdapter[_Callback | _Verification]] = TypeAdapter(
    Annotated[_Callback | _Verification, Field(discriminator="type")]
)


def parse_event(body: str) -> Mention | Challenge:
    """Return the mention or the challenge. Raises InvalidInputError for any other event."""
    try:
        sent = _REQUEST.validate_json(body)
        if isinstance(sent, _Verification):
            return Challenge(challenge=sent.challenge)
        event = sent.event
        return Mention(
            event_id=sent.event_id,
            member=event.user,
            channel=event.channel,
            thread=event.thread_ts or event.ts,
            question=" ".join(_MARKUP.sub(" ", event.text).split()),
            app=sent.api_app_id,
            team=sent.team_id,
            home=event.user_team or event.team,
            shared=sent.is_ext_shared_channel,
        )
    except ValidationError as error:
        raise InvalidInputError("event: not a mention of our app") from error


def mention_problem(mention: Mention, app: SlackApp) -> str | None:
    """Return why the mention is not from our workspace or app, or None.

    In a channel that is shared with another organisation, a member whose workspace is not known is
    not ours.
    """
    if app.app and mention.app != app.app:
        return "it is a mention of another app"
    if app.team and mention.team != app.team and not app.is_organisation:
        return "it is from another workspace"
    if mention.shared and not mention.home:
        return "the member's workspace is not known"
    if mention.home and mention.home not in our_teams(app, (mention.team,)):
        return "the member belongs to another workspace"
    return None
