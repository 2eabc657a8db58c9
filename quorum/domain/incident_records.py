"""Records of an incident in stores with one writer each: opening, ending, verdict, take-over.

The guards of an effect read these records; the event log holds the same for people. See `trust`.
Times are in seconds since 1970.
"""

from typing import Literal

from pydantic import Field

from quorum.domain.base import IncidentId, Record, is_one
from quorum.domain.events import MessageKind, Outcome
from quorum.domain.evidence import Alarm
from quorum.domain.notices import About

Mode = Literal["action", "dismissal"]
Verdict = Literal["recovered", "failed", "partial", "unverified"]
"""`partial`: failures were at least halved and go on; the action stays in force."""


class Opening(Record):
    """The opening of an incident, as intake recorded it."""

    incident_id: IncidentId
    alarms: tuple[Alarm, ...] = Field(min_length=1)
    """The alarm that opened it, then those that joined."""
    opened_at: float
    flapping: bool
    """True when the alarm's last incident closed less than 30 minutes before."""
    storm: bool
    """True when it was at least the fifth incident within ten minutes."""


class Ending(Record):
    """The ending of an incident, as closing recorded it."""

    incident_id: IncidentId
    outcome: Outcome
    ended_at: float


class AlarmEnding(Record):
    """The ending of the newest incident of this alarm."""

    alarm: str
    incident_id: IncidentId
    ended_at: float


class Verified(Record):
    """The result of verification, one per incident, mode and number."""

    incident_id: IncidentId
    mode: Mode
    number: int = Field(default=1, ge=1, exclude_if=is_one)
    """Of an action: its place among the incident's actions. Of a dismissal: its round."""
    action: str
    """The verified action; empty for a dismissal."""
    verdict: Verdict
    verified_at: float


class TakenOver(Record):
    """A take-over by a person: Quorum starts no further action in the incident."""

    incident_id: IncidentId
    by: str
    via: str
    reason: str
    at: float


class Notified(Record):
    """A notification that was delivered on this channel."""

    incident_id: IncidentId
    message: MessageKind
    about: About = "state"
    round: int = Field(default=1, ge=1, exclude_if=is_one)
    channel: str
    reference: str
    """The channel's own reference, as in `C1/1700000000.000100`."""
    at: float
