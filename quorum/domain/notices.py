"""Notifications to send, identified by ids alone: the sender renders the text from the records."""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from pydantic import Field

from quorum.domain.base import IncidentId, Record, is_one
from quorum.domain.events import Finding, MessageKind

About = Literal["state", "before", "broken", "tampered"] | Finding
"""The subject of a message: the incident's state, or a problem reported beside its log.

`before` is a message that an older version queued beside the log, `broken` an inconsistent log,
`tampered` an event that was changed or removed.
"""

FINDINGS: Final[frozenset[str]] = frozenset(get_args(Finding))


class PendingMessage(Record):
    """One notification to send. It holds no text, so that a forged one cannot carry any."""

    incident_id: IncidentId
    kind: MessageKind
    about: About = "state"
    round: int = Field(default=1, ge=1, exclude_if=is_one)
    """The round that the state belongs to."""
    version: int = Field(default=0, ge=0)
    """The version of the event that was changed or removed."""


def upgrade_queued(queued: Any) -> Any:
    """Return an outbox item in today's form, converted if an older version queued a whole message.

    Only the message's ids are kept. Older messages beside the log were always escalations: raises
    ValueError for any other of them.
    """
    message = queued.get("message") if isinstance(queued, Mapping) else None
    if not isinstance(message, Mapping):
        return queued
    ids = {name: message.get(name) for name in ("incident_id", "kind")}
    if not message.get("recorded", True):
        if ids["kind"] != "escalated":
            raise ValueError("only escalations are queued beside the log")
        ids["about"] = "before"
    return {"leg": queued.get("leg"), "notice": ids}
