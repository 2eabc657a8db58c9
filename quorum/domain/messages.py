"""Messages to people, and the items in the outbox."""

from typing import Any

from pydantic import model_validator

from quorum.domain.base import Record
from quorum.domain.events import MessageKind
from quorum.domain.notices import About, PendingMessage, upgrade_queued
from quorum.domain.notification_routes import LegName


class DecisionRequest(Record):
    """A request for a decision inside a message; a channel may render it with buttons."""

    incident_id: str
    approval_id: str
    about: str
    """The proposal, in one line of plain text."""


class Link(Record):
    """A link to more information."""

    text: str
    href: str


class Message(Record):
    """A notification as sent to people. External text is escaped when the message is rendered."""

    incident_id: str
    kind: MessageKind
    subject: str
    text: str
    html: str
    mrkdwn: tuple[str, ...] = ()
    """Blocks in Slack's markup, escaped, of at most 3,000 characters each."""
    questions: tuple[DecisionRequest, ...] = ()
    links: tuple[Link, ...] = ()
    incidents: tuple[str, ...] = ()
    """The incidents that the message is about, when there are several."""
    about: About = "state"
    thread: str = ""
    """The channel's reference of the incident's first message, for channels with threads."""


class Waiting(Record):
    """An outbox item for one leg of the route: ids alone."""

    leg: LegName
    notice: PendingMessage

    @model_validator(mode="before")
    @classmethod
    def _upgrade(cls, queued: Any) -> Any:
        return upgrade_queued(queued)
