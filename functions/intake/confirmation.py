"""Confirmation of alarm messages with CloudWatch: the alarm exists, and changed at that time.

CloudWatch's response may lag behind its event, and the alarm may have changed again before the
message is handled. A change that is newer than CloudWatch's latest is retried while it is young,
and refused afterwards. A change that is older than CloudWatch's latest is accepted as past:
whatever is handled after it is newer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.intake.alarm_event import AlarmEvent, parse
from quorum.domain.errors import InvalidInputError, RefusedError, SourceUnavailableError
from quorum.ports.clock import Clock
from quorum.ports.execution import Transition
from quorum.ports.telemetry import AlarmDescription, AlarmDescriptions

CLOCK_SKEW: Final = timedelta(seconds=60)
"""Allowed lag of our clock behind CloudWatch's."""
SAME_CHANGE: Final = timedelta(seconds=2)
"""Allowed difference between a change's time in the event and in the response, by rounding."""
LAG: Final = timedelta(seconds=300)
"""Longest time until CloudWatch's response reflects a change."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Confirms messages with CloudWatch."""

    alarms: AlarmDescriptions
    now: Clock

    def describe(self, event: AlarmEvent) -> AlarmDescription:
        """Return CloudWatch's description of the alarm, once it confirms the message.

        Raises RefusedError for an implausible change, and SourceUnavailableError while CloudWatch
        cannot be read or may lag: then the message is delivered again.
        """
        if event.at > self.now() + CLOCK_SKEW:
            raise RefusedError(f"state.timestamp: {event.at.isoformat()} is in the future")
        name, state = event.detail.alarm_name, event.detail.state.value
        description = _find(self.alarms.describe([name]), name)
        series = event.detail.alarm_contributor
        if series is not None:
            self._confirm_series(event, series.attributes)
            return description
        since = description.status.since
        confirmed = description.status.state == state and since >= event.at - SAME_CHANGE
        if since > event.at or confirmed:
            return description
        self._retry_while_young(event.at, name)
        actual = f"{description.status.state} for {name} since {since.isoformat()}"
        raise RefusedError(f"state: CloudWatch reports {actual}")

    def _confirm_series(self, event: AlarmEvent, attributes: Mapping[str, str]) -> None:
        """Return if CloudWatch reports the series, by its dimensions, as one that breaches now.

        Raises as `describe`.
        """
        name = event.detail.alarm_name
        if any(attributes == found for found in self.alarms.contributors(name)):
            return
        self._retry_while_young(event.at, name)
        raise RefusedError(f"alarmContributor: CloudWatch reports no such series of {name}")

    def implausible(
        self, event: AlarmEvent, seen: Transition | None, description: AlarmDescription
    ) -> datetime | None:
        """Return the time of a remembered change that CloudWatch does not confirm, or None.

        Raises SourceUnavailableError while CloudWatch may lag behind it. The description has no
        time of a single series' change: each was confirmed when it was remembered.
        """
        if event.detail.alarm_contributor is not None:
            return None
        if seen is None or seen.at <= description.status.since + SAME_CHANGE:
            return None
        if seen.at <= self.now() + CLOCK_SKEW:
            self._retry_while_young(seen.at, description.status.name)
        return seen.at

    def _retry_while_young(self, at: datetime, name: str) -> None:
        """Raise SourceUnavailableError while CloudWatch may still lag behind the change."""
        if self.now() - at < LAG:
            raise SourceUnavailableError(f"{name}: CloudWatch reports no change at {at} yet")


def _find(found: Mapping[str, AlarmDescription], name: str) -> AlarmDescription:
    if name not in found:
        raise RefusedError(f"alarmName: there is no alarm {name}")
    return found[name]


class PrefetchedAlarms:
    """An `AlarmDescriptions` that describes a batch of alarms with one request."""

    def __init__(self, book: AlarmDescriptions) -> None:
        self._book = book
        self._prefetched: dict[str, AlarmDescription | None] = {}

    def prefetch(self, bodies: Iterable[str]) -> None:
        """Replace the descriptions with those of this batch's alarms.

        If CloudWatch cannot be read, each message requests its own.
        """
        self._prefetched = {}
        names = sorted({name for body in bodies for name in _alarm_names(body)})
        try:
            found = self._book.describe(names)
        except SourceUnavailableError:
            return
        self._prefetched = {name: found.get(name) for name in names}

    def contributors(self, name: str) -> Sequence[Mapping[str, str]]:
        """Return the dimensions of the alarm's series that breach now."""
        return self._book.contributors(name)

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the existing alarms by name, requesting those not prefetched."""
        missing = [name for name in names if name not in self._prefetched]
        described = self._book.describe(missing) if missing else {}
        prefetched = {
            name: one for name in names if (one := self._prefetched.get(name)) is not None
        }
        return {**prefetched, **described}


def _alarm_names(body: str) -> list[str]:
    try:
        return [parse(body).detail.alarm_name]
    except InvalidInputError:
        return []
