"""A message is believed when CloudWatch bears it out: that the alarm is, and when it last changed.

CloudWatch's answer may lag behind its event by a little, and an alarm may have changed again by the
time that the message is handled. So a change that CloudWatch knows no newer one of is asked about
again while it is young, and is nobody's afterwards; one that CloudWatch has a newer one of is past,
and harms nobody: what is handled after it is newer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.intake.alarm_event import AlarmEvent
from quorum.domain.errors import RefusedError, SourceUnavailableError
from quorum.ports.clock import Clock
from quorum.ports.execution import Transition
from quorum.ports.telemetry import AlarmBook, AlarmDescription

AHEAD: Final = timedelta(seconds=60)
"""How far a clock of ours may be behind CloudWatch's."""
SAME: Final = timedelta(seconds=2)
"""How far apart one change's time may lie in the event and in the answer, which may round it."""
LAG: Final = timedelta(seconds=300)
"""How long CloudWatch's answer may take to know of a change."""


@dataclass(frozen=True, slots=True)
class Confirming:
    """Asks CloudWatch about what a message says."""

    alarms: AlarmBook
    now: Clock

    def describe(self, event: AlarmEvent) -> AlarmDescription:
        """Return the alarm as CloudWatch has it, once that bears out the message.

        Raises RefusedError for what it does not bear out; SourceUnavailableError while it cannot be
        read, or may not know yet: then the message comes again.
        """
        if event.at > self.now() + AHEAD:
            raise RefusedError(f"state.timestamp: {event.at.isoformat()} lies in the future")
        name, state = event.detail.alarm_name, event.detail.state.value
        known = _find(self.alarms.describe([name]), name)
        since = known.status.since
        same = known.status.state == state and since >= event.at - SAME
        if since > event.at or same:
            return known
        self._give_time(event.at, name)
        raise RefusedError(
            f"state: {name} is {known.status.state} since {since.isoformat()}, by CloudWatch"
        )

    def disbelieved(self, seen: Transition | None, known: AlarmDescription) -> datetime | None:
        """Return the time of what was remembered if that cannot have been: it is nobody's change.

        Raises SourceUnavailableError while CloudWatch may not know of it yet.
        """
        if seen is None or seen.at <= known.status.since + SAME:
            return None
        if seen.at <= self.now() + AHEAD:
            self._give_time(seen.at, known.status.name)
        return seen.at

    def _give_time(self, at: datetime, name: str) -> None:
        """Raise SourceUnavailableError while CloudWatch may still come to know of the change."""
        if self.now() - at < LAG:
            raise SourceUnavailableError(f"{name}: CloudWatch does not know of a change at {at}")


def _find(found: Mapping[str, AlarmDescription], name: str) -> AlarmDescription:
    if name not in found:
        raise RefusedError(f"alarmName: there is no alarm {name}")
    return found[name]
