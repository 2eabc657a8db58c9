"""Executions and functions in memory."""

from collections.abc import Mapping
from threading import Lock
from typing import Any

from quorum.domain.errors import QuorumError
from quorum.ports.workflow import ExecutionStatus


class InMemoryExecutions:
    """An `Executions`; `statuses` holds them by incident."""

    def __init__(self) -> None:
        self.statuses: dict[str, ExecutionStatus] = {}

    def status(self, incident_id: str) -> ExecutionStatus | None:
        """Return how the incident's execution stands, or None."""
        return self.statuses.get(incident_id)


class InMemoryFunctions:
    """A `Functions`; `called` holds (ARN, payload), `broken` what fails and how."""

    def __init__(self) -> None:
        self.called: list[tuple[str, dict[str, Any]]] = []
        self.broken: dict[str, QuorumError] = {}
        self._lock = Lock()

    def call(self, arn: str, payload: Mapping[str, Any]) -> None:
        """Invoke the function and wait until it has answered."""
        if arn in self.broken:
            raise self.broken[arn]
        with self._lock:
            self.called.append((arn, dict(payload)))
