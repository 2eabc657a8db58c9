"""The executor's record of an effect."""

from typing import Literal

from pydantic import Field

from quorum.domain.base import Record
from quorum.domain.evidence import Candidate, Scalar


class Execution(Record):
    """A fence: one per incident and operation, written before the effect.

    It is the executor's own record; the log only reports it to people.
    """

    incident_id: str
    operation: Literal["act", "undo"]
    action: str
    resource: str
    started_at: float
    state: Literal["started", "done", "failed"] = "started"
    candidate: Candidate | None = None
    """The executed action; None in fences of earlier versions."""
    captured: dict[str, Scalar] = Field(default_factory=dict)
    """The state that an undo needs, read before the effect."""
    approval_id: str | None = None
    written: dict[str, Scalar] = Field(default_factory=dict)
    """The settings that the resource must still have for an undo; known after the effect."""
    ended_at: float = 0.0
    request_id: str = ""
