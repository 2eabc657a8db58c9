"""Fences and leases in memory."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from quorum.domain.errors import InvalidHistoryError
from quorum.domain.executions import Execution, FencedPair, Operation
from quorum.ports.clock import Clock


class InMemoryExecutionLedger:
    """An `ExecutionLedger`."""

    def __init__(self, now: Clock) -> None:
        self._now, self._lock = now, Lock()
        self._fences: dict[tuple[str, Operation, int], Execution] = {}
        self._leases: dict[str, tuple[str, datetime]] = {}

    def fence(self, execution: Execution) -> Execution | None:
        """Write the fence if there is none and return None; otherwise return the one there is."""
        with self._lock:
            key = _key(execution)
            stored = self._fences.get(key)
            if stored is None:
                self._fences[key] = execution
            return stored

    def find(self, incident_id: str, operation: Operation, number: int = 1) -> Execution | None:
        """Return the fence there is, or None."""
        return self._fences.get((incident_id, operation, number))

    def actions(self, incident_id: str) -> tuple[FencedPair, ...]:
        """Return the incident's actions, oldest first."""
        acts = [f for f in self._fences.values() if _is_act(f, incident_id)]
        acts.sort(key=lambda fence: fence.number)
        return tuple(FencedPair(act, self.find(incident_id, "undo", act.number)) for act in acts)

    def finish(self, execution: Execution) -> None:
        """Record how the fenced effect ended."""
        key = _key(execution)
        with self._lock:
            if key not in self._fences:
                raise InvalidHistoryError(f"{execution.operation} has no fence")
            self._fences[key] = execution

    def lease(self, resource: str, incident_id: str, until: datetime) -> str:
        """Lease the resource if free or expired; return the incident that holds it."""
        with self._lock:
            holder, ends = self._leases.get(resource, (incident_id, until))
            if holder == incident_id or ends <= self._now():
                holder = incident_id
                self._leases[resource] = (incident_id, until)
            return holder

    def release(self, resource: str, incident_id: str, cooldown_until: datetime) -> None:
        """End the lease; no other incident gets it until the cooldown is over."""
        with self._lock:
            if self._leases.get(resource, ("",))[0] == incident_id:
                self._leases[resource] = (incident_id, cooldown_until)

    def effects_since(self, since: datetime) -> Sequence[Execution]:
        """Return the effects started since then, oldest first."""
        started = [f for f in self._fences.values() if f.started_at >= since.timestamp()]
        return sorted(started, key=lambda fence: fence.started_at)


def _key(execution: Execution) -> tuple[str, Operation, int]:
    return execution.incident_id, execution.operation, execution.number


def _is_act(fence: Execution, incident_id: str) -> bool:
    return (fence.incident_id, fence.operation) == (incident_id, "act")
