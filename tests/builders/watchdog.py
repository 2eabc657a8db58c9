"""Stalled incidents, with everything around the watchdog in memory."""

from datetime import timedelta
from typing import Final

from functions.watchdog.watchdog import Watchdog
from functions.watchdog.watched import Records
from quorum.application.recorder import Recorder
from quorum.domain.base import OutsiderText
from quorum.domain.decisions import Decided
from quorum.domain.errors import QuorumError
from quorum.domain.events import (
    DecisionMade,
    Finding,
    IncidentClosed,
    IncidentOpened,
    WatchdogAlerted,
)
from quorum.domain.evidence import Alarm
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import Ending, Opening
from quorum.domain.notification_routes import Routes
from quorum.messaging import Outbox
from quorum.ports.workflow import ExecutionStatus
from tests.builders.events import add
from tests.fakes import (
    START,
    CountingIds,
    FakeClock,
    InMemoryClaims,
    InMemoryClosingStore,
    InMemoryDeadLetters,
    InMemoryDecisionStore,
    InMemoryEventStore,
    InMemoryExecutionStarter,
    InMemoryOpeningStore,
    InMemoryOperations,
    InMemoryOutboxQueue,
)
from tests.fakes.executions import InMemoryExecutions

INCIDENT: Final = "a" * 32
OTHER: Final = "b" * 32


def alarm(name: str = "shop-checkout") -> Alarm:
    """Return an alarm whose reason an outsider wrote."""
    return Alarm(
        name=name,
        arn=f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}",
        kind="metric",
        account="123456789012",
        region="eu-west-1",
        resources=(f"lambda:{name}",),
        fired_at=START,
        reason=OutsiderText.of("<script>alert(1)</script>"),
    )


class StalledIncidents:
    """The watchdog and its incidents; the first one's execution runs."""

    def __init__(self) -> None:
        self.clock, self.store = FakeClock(), InMemoryEventStore()
        self.operations = InMemoryOperations(self.clock)
        self.openings, self.closings = InMemoryOpeningStore(), InMemoryClosingStore()
        self.decisions, self.claims = InMemoryDecisionStore(), InMemoryClaims()
        self.executions, self.starter = InMemoryExecutions(), InMemoryExecutionStarter()
        self.queue, self.dead_letters = InMemoryOutboxQueue(), InMemoryDeadLetters()
        self.recorder = Recorder(self.store, now=self.clock, new_id=CountingIds())
        self.unclosable: QuorumError | None = None
        self.asked: list[tuple[str, str]] = []
        self.opened(INCIDENT)
        self.executions.statuses[INCIDENT] = "running"

    def opened(self, incident_id: str, name: str = "shop-checkout", *, kept: bool = True) -> None:
        """Open an incident that holds its resource; before openings were kept, in the log alone."""
        opened_at = self.clock.now.timestamp()
        if kept:
            self.openings.put(
                Opening(
                    incident_id=incident_id,
                    alarms=(alarm(name),),
                    opened_at=opened_at,
                    flapping=False,
                    storm=False,
                )
            )
        self.recorder.record_once(incident_id, IncidentOpened, alarm=alarm(name), flapping=False)
        until = self.clock.now + timedelta(days=1)
        self.operations.hold(f"lambda:{name}", incident_id, until)

    def decided(self, *, really: bool = True) -> None:
        """Record a decision; one that was not really made is in the log alone."""
        if really:
            self.decisions.decide(Decided(incident_id=INCIDENT, round=1, decision={}))
        add(
            self.recorder,
            INCIDENT,
            DecisionMade,
            round=1,
            evidence="e" * 64,
            route="approve",
            action=None,
            score_bp=0,
            ranking=(),
            votes=(),
            silent=(),
            reason="test",
            level="senior_sre",
        )

    def close(self, incident_id: str = INCIDENT, reason: str = "decision") -> None:
        """Close it as the closing function does."""
        self.asked.append((incident_id, reason))
        if self.unclosable is not None:
            raise self.unclosable
        at = self.clock.now.timestamp()
        self.closings.put(Ending(incident_id=incident_id, outcome="escalated", ended_at=at))
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
            self.recorder, records, self.executions, self.starter, self.close, outbox, self.clock
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

    def incident(self, incident_id: str = INCIDENT) -> Incident:
        """Return the incident as its log has it."""
        return replay(self.store.load(incident_id))

    def alerts(self, incident_id: str = INCIDENT) -> list[str]:
        """Return the findings in the log."""
        facts = self.store.load(incident_id)
        return [fact.finding for fact in facts if isinstance(fact, WatchdogAlerted)]

    def ends(self) -> list[IncidentClosed]:
        """Return the events that close the first incident."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, IncidentClosed)]
