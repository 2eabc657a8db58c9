"""What people are to be told, in ids alone: whoever tells it renders it from the records."""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from pydantic import Field

from quorum.domain.base import IncidentId, Record
from quorum.domain.events import Finding, MessageKind

About = Literal["state", "before", "broken", "tampered"] | Finding
"""What a message is about: the incident's state, or what stands beside its log.

`before` is what an older version queued beside the log, `broken` a log that contradicts itself,
`tampered` a fact that was changed or removed.
"""

FINDINGS: Final[frozenset[str]] = frozenset(get_args(Finding))


class Notice(Record):
    """One message to be told. It holds no text: nobody can put words into Quorum's mouth."""

    incident_id: IncidentId
    kind: MessageKind
    about: About = "state"
    version: int = Field(default=0, ge=0)
    """Of the fact that was changed or removed."""


def as_waiting(sent: Any) -> Any:
    """Return what waits in the outbox; of a whole message, as older versions queued it, its ids.

    Its text counts for nothing. What stood beside the log was always an escalation. Raises
    ValueError for anything else beside the log.
    """
    message = sent.get("message") if isinstance(sent, Mapping) else None
    if not isinstance(message, Mapping):
        return sent
    ids = {name: message.get(name) for name in ("incident_id", "kind")}
    if not message.get("recorded", True):
        if ids["kind"] != "escalated":
            raise ValueError("only an escalation stands beside the log")
        ids["about"] = "before"
    return {"leg": sent.get("leg"), "notice": ids}
