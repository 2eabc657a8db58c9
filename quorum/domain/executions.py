"""The executor's record of its effects: fences, in the order of the incident's actions."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from pydantic import Field

from quorum.domain.base import Record, is_one
from quorum.domain.constants import MOST_ACTIONS
from quorum.domain.evidence import Candidate, Scalar

Operation = Literal["act", "undo"]


class Execution(Record):
    """A fence: one per action of the incident and operation, written before the effect.

    It is the executor's own record; the log only reports it to people.
    """

    incident_id: str
    operation: Operation
    number: int = Field(default=1, ge=1, le=MOST_ACTIONS, exclude_if=is_one)
    """The place of the action among the incident's actions. A number is given once."""
    round: int = Field(default=1, ge=1, exclude_if=is_one)
    """The round whose decision or grant authorised the action."""
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


class FencedPair(NamedTuple):
    """One action of an incident, and its undo if one was started."""

    act: Execution
    undo: Execution | None

    @property
    def is_undone(self) -> bool:
        """Return whether the undo was applied."""
        return self.undo is not None and self.undo.state == "done"

    @property
    def is_in_force(self) -> bool:
        """Return whether the action was applied and not undone."""
        return self.act.state == "done" and not self.is_undone


def newest(pairs: Iterable[FencedPair]) -> FencedPair | None:
    """Return the incident's newest action, or None if it has none."""
    return max(pairs, key=lambda pair: pair.act.number, default=None)
