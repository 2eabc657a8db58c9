"""Approval requests: their id, and the record of a request and its answers."""

from typing import Literal

from quorum.domain.base import Record
from quorum.domain.canonical import digest
from quorum.domain.events import DecisionMade, event_digest


def approval_id(decision: DecisionMade) -> str:
    """Return the id of this decision's approval request: 32 hexadecimal digits."""
    return digest({"approval-of": event_digest(decision)})[:32]


Answer = Literal["granted", "denied", "expired"]


class Approval(Record):
    """An approval request, with the task tokens that never leave the server."""

    approval_id: str
    incident_id: str
    action: str
    task_token: str = ""
    """The token of the waiting task, in requests of earlier versions, which had only one."""
    expires_at: float
    state: Literal["waiting", "granted", "denied", "expired"] = "waiting"
    by: str = ""
    via: str = ""
    reason: str = ""
    """The channel of the answer is `via`; `reason` is in the person's own words."""
    chosen: str = ""
    """The granted action: the requested one, or another candidate."""
    people: tuple[str, ...] = ()
    """The people who granted it so far; see `grants.normalised_name`."""
    grants: tuple[str, ...] = ()
    """Their signed grants, one text per person."""
    task_tokens: tuple[str, ...] = ()
    """The tokens of the waiting tasks; each of them receives the answer."""
    round: int = 1
    """The round whose decision it is about."""

    @property
    def is_denied(self) -> bool:
        """Return whether a person denied it."""
        return self.state == "denied"

    def waiting(self) -> tuple[str, ...]:
        """Return the tokens of all waiting tasks, without duplicates."""
        return tuple(dict.fromkeys(filter(None, (self.task_token, *self.task_tokens))))
