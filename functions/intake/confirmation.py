"""A message is believed when CloudWatch bears it out: that the alarm is, and when it last changed.

CloudWatch's answer may lag behind its event by a little, and an alarm may have changed again by the
time that the message is handled. So a change that CloudWatch knows no newer one of is asked about
again while it is young, and is nobody's afterwards; one that CloudWatch has a newer one of is past,
and harms nobody: what is handled after it is newer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.intake.alarm_event import AlarmEvent, parse
from quorum.domain.errors import InvalidInputError, RefusedError, SourceUnavailableError
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
class Confirmation:
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

    def implausible(self, seen: Transition | None, known: AlarmDescription) -> datetime | None:
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


class PrefetchedAlarms:
    """An `AlarmBook` that may know already what it is asked."""

    def __init__(self, book: AlarmBook) -> None:
        self._book = book
        self._known: dict[str, AlarmDescription | None] = {}

    def look(self, bodies: Iterable[str]) -> None:
        """Forget the last batch, and ask about the alarms of this one.

        Where CloudWatch cannot be read, each message will ask for itself.
        """
        self._known = {}
        names = sorted({name for body in bodies for name in _named(body)})
        try:
            found = self._book.describe(names)
        except SourceUnavailableError:
            return
        self._known = {name: found.get(name) for name in names}

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the alarms that exist, by name; those that are not known yet are asked for."""
        rest = [name for name in names if name not in self._known]
        asked = self._book.describe(rest) if rest else {}
        known = {name: one for name in names if (one := self._known.get(name)) is not None}
        return {**known, **asked}


def _named(body: str) -> list[str]:
    try:
        return [parse(body).detail.alarm_name]
    except InvalidInputError:
        return []
