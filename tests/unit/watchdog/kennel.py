"""Incidents that nobody looks after, with everything around them in memory."""

from datetime import timedelta
from typing import Final

from functions.shared.delivery import Outbox
from functions.shared.domain.events import (
    DecisionMade,
    IncidentClosed,
    IncidentOpened,
    WatchdogBarked,
)
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.incident import Incident, replay
from functions.shared.domain.model import OutsiderText
from functions.shared.domain.routes import Routes
from functions.shared.ending import close
from functions.shared.recording import Recorder
from functions.watchdog.watchdog import Watchdog
from tests.fakes.channels import (
    InMemoryDeadLetters,
    InMemoryExecutionStarter,
    InMemoryOutboxQueue,
)
from tests.fakes.clock import START, CountingIds, FakeClock
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.executions import InMemoryExecutions
from tests.fakes.operations import InMemoryOperations

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


class Kennel:
    """The watchdog and its incidents; the first one runs."""

    def __init__(self) -> None:
        self.clock, self.store = FakeClock(), InMemoryEventStore()
        self.operations = InMemoryOperations(self.clock)
        self.executions, self.starter = InMemoryExecutions(), InMemoryExecutionStarter()
        self.queue, self.dead_letters = InMemoryOutboxQueue(), InMemoryDeadLetters()
        self.recorder = Recorder(self.store, now=self.clock, new_id=CountingIds())
        self.opened(INCIDENT)
        self.executions.statuses[INCIDENT] = "running"

    def opened(self, incident_id: str, name: str = "shop-checkout") -> None:
        """Open an incident that holds its resource."""
        self.recorder.record_once(incident_id, IncidentOpened, alarm=alarm(name), flapping=False)
        until = self.clock.now + timedelta(days=1)
        self.operations.hold(f"lambda:{name}", incident_id, until)

    def decided(self) -> None:
        """Record a decision."""
        self.recorder.add(
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

    def close(self) -> None:
        """Close it as the state machine does."""
        close(self.recorder, self.operations, INCIDENT, "escalated", "decision")

    def watchdog(self) -> Watchdog:
        """Return a fresh environment of the function."""
        outbox = Outbox(Routes(channels=("email",)), self.queue, self.dead_letters)
        return Watchdog(
            self.recorder, self.operations, self.executions, self.starter, outbox, self.clock
        )

    def sweep(self, after: float = 0) -> dict[str, int]:
        """Sweep after so many seconds."""
        self.clock.advance(after)
        return dict(self.watchdog().sweep())

    def incident(self, incident_id: str = INCIDENT) -> Incident:
        """Return the incident as its facts tell it."""
        return replay(self.store.load(incident_id))

    def barks(self, incident_id: str = INCIDENT) -> list[str]:
        """Return the findings in the log."""
        facts = self.store.load(incident_id)
        return [fact.finding for fact in facts if isinstance(fact, WatchdogBarked)]

    def closings(self) -> list[IncidentClosed]:
        """Return the facts that close the first incident."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, IncidentClosed)]
