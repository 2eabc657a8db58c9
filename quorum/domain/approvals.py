"""Approval requests: their id, and the record of the question and its answers."""

from typing import Literal

from quorum.domain.base import Record
from quorum.domain.canonical import digest
from quorum.domain.events import DecisionMade, event_digest


def approval_id(decision: DecisionMade) -> str:
    """Return the id of the approval of this decision and of no other: 32 hexadecimal digits."""
    return digest({"approval-of": event_digest(decision)})[:32]


Answer = Literal["granted", "denied", "expired"]


class Approval(Record):
    """A question to a person, with the task token that only the server sees."""

    approval_id: str
    incident_id: str
    action: str
    task_token: str = ""
    """Of the task that waits, in a question of before there could be several."""
    expires_at: float
    state: Literal["waiting", "granted", "denied", "expired"] = "waiting"
    by: str = ""
    via: str = ""
    reason: str = ""
    """By which channel the answer came, and why, in the person's words."""
    chosen: str = ""
    """The action that was granted: the one that was asked about, or another candidate."""
    people: tuple[str, ...] = ()
    """Who granted it so far; see `grants.same_person`."""
    grants: tuple[str, ...] = ()
    """What they granted, signed: one text per person."""
    task_tokens: tuple[str, ...] = ()
    """Of the tasks that wait: each of them hears of the answer."""

    def waiting(self) -> tuple[str, ...]:
        """Return the tokens of all tasks that wait, each once."""
        return tuple(dict.fromkeys(filter(None, (self.task_token, *self.task_tokens))))
