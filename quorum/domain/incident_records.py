"""What a store with one writer holds of an incident: its opening, its end, a verdict, who has it.

The log tells the same to people. What guards an effect is read from these: see `trust`.
Times are seconds since 1970.
"""

from typing import Literal

from pydantic import Field

from quorum.domain.base import IncidentId, Record
from quorum.domain.events import MessageKind, Outcome
from quorum.domain.evidence import Alarm
from quorum.domain.notices import About

Mode = Literal["action", "dismissal"]
Verdict = Literal["recovered", "failed", "unverified"]


class Opening(Record):
    """How an incident opened, as intake saw it."""

    incident_id: IncidentId
    alarms: tuple[Alarm, ...] = Field(min_length=1)
    """The alarm that opened it, then those that joined."""
    opened_at: float
    flapping: bool
    """The alarm's last incident closed less than 30 minutes before."""
    storm: bool
    """It was the fifth incident, or a later one, within ten minutes."""


class Ending(Record):
    """How an incident ended, as closing found it."""

    incident_id: IncidentId
    outcome: Outcome
    ended_at: float


class AlarmEnding(Record):
    """The newest end of an incident of this alarm."""

    alarm: str
    incident_id: IncidentId
    ended_at: float


class Verified(Record):
    """What verification found, once per incident and mode."""

    incident_id: IncidentId
    mode: Mode
    action: str
    """The action that it judges; empty for a dismissal."""
    verdict: Verdict
    verified_at: float


class TakenOver(Record):
    """A person has the incident: Quorum begins nothing in it any more."""

    incident_id: IncidentId
    by: str
    via: str
    reason: str
    at: float


class Notified(Record):
    """People were told of it, by this channel."""

    incident_id: IncidentId
    message: MessageKind
    about: About = "state"
    channel: str
    reference: str
    """The channel's own, as in `C1/1700000000.000100`."""
    at: float
