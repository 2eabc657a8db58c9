"""Ended incidents, for the seats that learn from history."""

import operator
from typing import Annotated

from pydantic import AfterValidator, Field

from quorum.domain.base import Record
from quorum.domain.fingerprint import without_former_features


class SeatOutcome(Record):
    """The vote of one seat in an ended incident, and whether the outcome confirmed it."""

    seat: str
    tier: str
    action: str | None
    conf_bp: int
    right: bool | None
    """None when the outcome proves nothing: another action was taken, or none, or the seat
    abstained."""


def nothing_of(incident_id: str) -> "Remembered":
    """Return what is stored of a forgotten incident: it resembles none, and no seat voted in it."""
    return Remembered(incident_id=incident_id, closed_at=0, fingerprint={}, verb=None, worked=None)


class Remembered(Record):
    """An ended incident, for the seats that learn from history."""

    incident_id: str
    closed_at: float
    fingerprint: Annotated[dict[str, float], AfterValidator(without_former_features)]
    """Features of the evidence, by name; see `quorum/domain/fingerprint.py`."""
    verb: str | None
    worked: bool | None
    similarity: float = 0.0
    seats: tuple[SeatOutcome, ...] = ()
    source: str = Field(default="", exclude_if=operator.not_)
    """The account and resource of the first alarm; empty in those of earlier versions."""
    resource: str = Field(default="", exclude_if=operator.not_)
    """The executed action's resource; empty without one, and in those of earlier versions."""
