"""The executor's own record of an effect."""

from typing import Literal

from pydantic import Field

from quorum.domain.base import Record
from quorum.domain.evidence import Candidate, Scalar


class Execution(Record):
    """A fence: one per incident and operation, written before the effect.

    It is the executor's own record of what it does: the log only tells people of it.
    """

    incident_id: str
    operation: Literal["act", "undo"]
    action: str
    resource: str
    started_at: float
    state: Literal["started", "done", "failed"] = "started"
    candidate: Candidate | None = None
    """What is done; None in a fence of before the ledger held it."""
    captured: dict[str, Scalar] = Field(default_factory=dict)
    """What undoing needs, read before the effect."""
    approval_id: str | None = None
    written: dict[str, Scalar] = Field(default_factory=dict)
    """What the resource must still be for an undo; known at the end of the effect."""
    ended_at: float = 0.0
    request_id: str = ""
