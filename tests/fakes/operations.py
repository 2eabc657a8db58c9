"""Open keys, transitions and rates in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

from quorum.domain.constants import Rate
from quorum.domain.errors import QuorumError
from quorum.ports.clock import Clock
from quorum.ports.execution import Transition


class InMemoryOperations:
    """An `Operations`. Set `error` to have every call raise it."""

    def __init__(self, now: Clock) -> None:
        self._now, self._lock = now, Lock()
        self.error: QuorumError | None = None
        self._seen: dict[str, tuple[datetime, str]] = {}
        self._keys: dict[str, tuple[str, datetime]] = {}
        self._free_at: dict[str, datetime] = {}

    def transition(self, alarm_arn: str) -> Transition | None:
        """Return the alarm's newest transition that was handled, or None."""
        self._raise()
        newest = self._seen.get(alarm_arn)
        return Transition(*newest) if newest else None

    def record_transition(
        self, alarm_arn: str, at: datetime, incident_id: str, implausible: datetime | None = None
    ) -> datetime | None:
        """Remember the newest transition handled; return one that is newer than `at`, or None.

        A newer one of exactly the time `implausible` gives way.
        """
        self._raise()
        with self._lock:
            newest = self._seen.get(alarm_arn)
            if newest is not None and newest[0] > at and newest[0] != implausible:
                return newest[0]
            self._seen[alarm_arn] = (at, incident_id)
            return None

    def hold(self, resource: str, incident_id: str, until: datetime) -> str:
        """Take the resource's open key if free or expired; return the incident that holds it."""
        self._raise()
        with self._lock:
            holder, holds_until = self._keys.get(resource, (incident_id, until))
            if holder == incident_id or holds_until <= self._now():
                holder = incident_id
                self._keys[resource] = (incident_id, until)
            return holder

    def holder(self, resource: str) -> str | None:
        """Return the incident that holds the resource's open key, or None."""
        self._raise()
        held = self._keys.get(resource)
        return held[0] if held and held[1] > self._now() else None

    def release(self, incident_id: str, resources: Sequence[str]) -> None:
        """Give back the open keys that this incident holds."""
        self._raise()
        with self._lock:
            for resource in resources:
                if self._keys.get(resource, ("",))[0] == incident_id:
                    del self._keys[resource]

    def held(self) -> dict[str, str]:
        """Return who holds which open key, by resource: for assertions, not part of the port."""
        now = self._now()
        return {name: who for name, (who, until) in self._keys.items() if until > now}

    def admit(self, key: str, rate: Rate, now: datetime) -> bool:
        """Return whether one more send fits the rate: sends are spaced evenly (GCRA)."""
        self._raise()
        with self._lock:
            if self._free_at.get(key, now) > now:
                return False
            micros = -(-rate.per_seconds * 1_000_000 // rate.sends)
            self._free_at[key] = now + timedelta(microseconds=micros)
            return True

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error
