"""Openings, endings, verdicts and the stop switch in memory."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from quorum.domain.errors import QuorumError
from quorum.domain.evidence import Alarm
from quorum.domain.incident_records import AlarmEnding, Ending, Mode, Opening, Verified


class InMemoryOpeningStore:
    """An `OpeningStore`."""

    def __init__(self, *openings: Opening) -> None:
        self._openings = {one.incident_id: one for one in openings}
        self._joined: dict[str, dict[str, Alarm]] = {}
        self._lock = Lock()

    def put(self, opening: Opening) -> Opening:
        """Store the opening unless the incident has one; return the stored one."""
        with self._lock:
            return self._openings.setdefault(opening.incident_id, opening)

    def join(self, incident_id: str, alarm: Alarm) -> None:
        """Add an alarm that joined, once per ARN."""
        with self._lock:
            self._joined.setdefault(incident_id, {}).setdefault(alarm.arn, alarm)

    def find(self, incident_id: str) -> Opening | None:
        """Return the incident's opening with all its alarms, or None."""
        opening = self._openings.get(incident_id)
        if opening is None:
            return None
        known = {alarm.arn for alarm in opening.alarms}
        joined = self._joined.get(incident_id, {}).values()
        later = sorted((a for a in joined if a.arn not in known), key=lambda a: (a.fired_at, a.arn))
        return opening.model_copy(update={"alarms": (*opening.alarms, *later)})

    def since(self, since: datetime) -> Sequence[Opening]:
        """Return the openings since then, oldest first."""
        found = [one for one in self._openings.values() if one.opened_at >= since.timestamp()]
        return sorted(found, key=lambda one: one.opened_at)


class InMemoryClosingStore:
    """A `ClosingStore`."""

    def __init__(self) -> None:
        self._endings: dict[str, Ending] = {}
        self._alarms: dict[str, AlarmEnding] = {}
        self._lock = Lock()

    def put(self, ending: Ending) -> Ending:
        """Store the end unless the incident has one; return the stored one."""
        with self._lock:
            return self._endings.setdefault(ending.incident_id, ending)

    def find(self, incident_id: str) -> Ending | None:
        """Return the incident's end, or None."""
        return self._endings.get(incident_id)

    def remember(self, ending: AlarmEnding) -> None:
        """Remember the alarm's newest end; an older one changes nothing."""
        with self._lock:
            newest = self._alarms.get(ending.alarm)
            if newest is None or newest.ended_at <= ending.ended_at:
                self._alarms[ending.alarm] = ending

    def of_alarm(self, alarm: str) -> AlarmEnding | None:
        """Return the alarm's newest end, or None."""
        return self._alarms.get(alarm)


class InMemoryVerdictStore:
    """A `VerdictStore`."""

    def __init__(self) -> None:
        self._verdicts: dict[tuple[str, Mode, int], Verified] = {}
        self._lock = Lock()

    def put(self, verified: Verified) -> Verified:
        """Store the verdict unless there is one of this mode and number; return the stored one."""
        with self._lock:
            key = (verified.incident_id, verified.mode, verified.number)
            return self._verdicts.setdefault(key, verified)

    def find(self, incident_id: str, mode: Mode, number: int = 1) -> Verified | None:
        """Return the verdict, or None."""
        return self._verdicts.get((incident_id, mode, number))


class InMemoryStopSwitch:
    """A `StopSwitch`. Set `error` to have every call raise it."""

    def __init__(self) -> None:
        self.error: QuorumError | None = None
        self.lifted: list[tuple[str, str, datetime]] = []
        self._reason: str | None = None

    def thrown(self) -> str | None:
        """Return why everything is stopped, or None."""
        self._raise()
        return self._reason

    def throw(self, reason: str, by: str, at: datetime) -> None:  # noqa: ARG002 - the port's
        """Stop everything."""
        self._raise()
        self._reason = reason or "no reason given"

    def lift(self, reason: str, by: str, at: datetime) -> None:
        """Go on; who lifted it, when and why stays on record."""
        self._raise()
        self.lifted.append((reason, by, at))
        self._reason = None

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error
