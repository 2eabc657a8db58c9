"""Messages to people, and what waits in the outbox."""

from typing import Any

from pydantic import model_validator

from quorum.domain.base import Record
from quorum.domain.events import MessageKind
from quorum.domain.notices import About, Notice, as_waiting
from quorum.domain.notification_routes import LegName


class Question(Record):
    """What a message asks a person; whoever shows it may add buttons."""

    incident_id: str
    approval_id: str
    about: str
    """One plain line: what is proposed."""


class Link(Record):
    """Where to look further."""

    text: str
    href: str


class Message(Record):
    """What people are told. Everything from outside is escaped when it is rendered."""

    incident_id: str
    kind: MessageKind
    subject: str
    text: str
    html: str
    mrkdwn: tuple[str, ...] = ()
    """Blocks in Slack's markup, escaped, of at most 3,000 characters each."""
    questions: tuple[Question, ...] = ()
    links: tuple[Link, ...] = ()
    incidents: tuple[str, ...] = ()
    """Which incidents it is about, when it is about several."""
    about: About = "state"
    thread: str = ""
    """The channel's reference of the incident's first message, for those that keep one thread."""


class Waiting(Record):
    """What waits in the outbox for one leg of its way: ids alone."""

    leg: LegName
    notice: Notice

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, sent: Any) -> Any:
        return as_waiting(sent)
