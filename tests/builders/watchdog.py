"""Stalled incidents, and the watchdog."""

from datetime import timedelta

from functions.watchdog.watchdog import Watchdog
from functions.watchdog.watched import Records
from quorum.domain.errors import QuorumError
from quorum.domain.events import Finding, IncidentClosed, WatchdogAlerted
from quorum.domain.notification_routes import Routes
from quorum.messaging import Outbox
from quorum.ports.workflow import ExecutionStatus
from tests.builders.alarms import ALARM, alarm
from tests.builders.events import INCIDENT
from tests.builders.incidents import IncidentStores
from tests.fakes import (
    InMemoryClaims,
    InMemoryDeadLetters,
    InMemoryExecutionStarter,
    InMemoryOperations,
    InMemoryOutboxQueue,
)
from tests.fakes.executions import InMemoryExecutions

HOSTILE = "<script>alert(1)</script>"
"""The alarm's reason, which an outsider wrote."""


class StalledIncidents(IncidentStores):
    """The watchdog and its incidents; the first one's execution runs."""

    def __init__(self) -> None:
        super().__init__()
        self.operations, self.claims = InMemoryOperations(self.clock), InMemoryClaims()
        self.executions, self.starter = InMemoryExecutions(), InMemoryExecutionStarter()
        self.queue, self.dead_letters = InMemoryOutboxQueue(), InMemoryDeadLetters()
        self.unclosable: QuorumError | None = None
        self.asked: list[tuple[str, str]] = []
        self.opened(INCIDENT)
        self.executions.statuses[INCIDENT] = "running"

    def opened(self, incident_id: str, name: str = ALARM, *, kept: bool = True) -> None:
        """Open an incident that holds its resource; before openings were kept, in the log alone."""
        resource = f"lambda:{name}"
        fired = alarm(name, HOSTILE, resources=(resource,))
        self.write_opening(fired, incident_id, stored=kept)
        self.operations.hold(resource, incident_id, self.clock.now + timedelta(days=1))

    def decided(self, *, really: bool = True) -> None:
        """Record a decision; one that was not really made is in the log alone."""
        self.write_decision(stored=really, action=None)

    def close(self, incident_id: str = INCIDENT, reason: str = "decision") -> None:
        """Close it as the closing function does."""
        self.asked.append((incident_id, reason))
        if self.unclosable is not None:
            raise self.unclosable
        self.put_ending(incident_id)
        fields = {"outcome": "escalated", "reason": reason, "level": "senior_sre"}
        self.recorder.record_once(incident_id, IncidentClosed, **fields)
        held = [key for key, holder in self.operations.held().items() if holder == incident_id]
        self.operations.release(incident_id, held)

    def watchdog(self) -> Watchdog:
        """Return a fresh environment of the function."""
        outbox = Outbox(Routes(channels=("email",)), self.queue, self.dead_letters)
        records = Records(
            self.recorder.store, self.openings, self.closings, self.decisions, self.claims
        )
        return Watchdog(
            self.recorder,
            records,
            self.executions,
            self.starter,
            self.close,
            outbox,
            self.clock,
            timedelta(days=1),
        )

    def sweep(self, after: float = 0) -> dict[str, int]:
        """Sweep after so many seconds."""
        self.clock.advance(after)
        return dict(self.watchdog().sweep())

    def ended(self, status: ExecutionStatus, incident_id: str = INCIDENT) -> list[Finding]:
        """End its execution, and report it."""
        self.executions.statuses[incident_id] = status
        return self.watchdog().execution_ended(incident_id)

    def notified(self) -> list[tuple[str, str]]:
        """Return the queued pending messages: incident and subject."""
        return [(one.incident_id, one.about) for one in self.queue.notices]

    def alerts(self, incident_id: str = INCIDENT) -> list[str]:
        """Return the findings in the log."""
        facts = self.store.load(incident_id)
        return [fact.finding for fact in facts if isinstance(fact, WatchdogAlerted)]

    def ends(self) -> list[IncidentClosed]:
        """Return the events that close the first incident."""
        return self.facts(IncidentClosed)
