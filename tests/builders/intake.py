"""Intake with everything around it in memory; several intakes may share one world."""

import json
from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import Any

from functions.closing.closing import Closing
from functions.closing.proof import EvidenceSources
from functions.intake.alarm_context import AlarmContext
from functions.intake.confirmation import Confirmation
from functions.intake.correlation import Correlator
from functions.intake.gate import Gate
from functions.intake.intake import Intake, IntakeVerdict
from functions.intake.open_keys import EndedIncidents, OpenKeys
from quorum.application.recorder import Recorder
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.events import IncidentClosed, IncidentEvent, IncidentOpened
from quorum.domain.incident_records import Ending
from quorum.domain.topology import Service, ServiceMap
from quorum.ports.execution import Operations
from quorum.ports.log import EventStore, OpeningStore
from quorum.ports.workflow import ExecutionStarter
from tests.builders.alarms import ACCOUNT, REGION
from tests.fakes.alarm_store import InMemoryAlarmDescriptions
from tests.fakes.approval_store import InMemoryApprovalStore
from tests.fakes.channels import InMemoryDeadLetters, InMemoryExecutionStarter
from tests.fakes.clock import CountingIds, FakeClock
from tests.fakes.decision_store import InMemoryDecisionStore
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.execution_ledger import InMemoryExecutionLedger
from tests.fakes.incident_books import (
    InMemoryClosingStore,
    InMemoryOpeningStore,
    InMemoryVerdictStore,
)
from tests.fakes.operations import InMemoryOperations
from tests.fakes.sources import InMemoryTopologySource


class World:
    """Intake's dependencies; replace one before calling `intake`."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store: EventStore = InMemoryEventStore()
        self.operations: Operations = InMemoryOperations(self.clock)
        self.openings: OpeningStore = InMemoryOpeningStore()
        self.closings = InMemoryClosingStore()
        self.starter: ExecutionStarter = InMemoryExecutionStarter()
        self.dead_letters = InMemoryDeadLetters()
        self.topology = InMemoryTopologySource()
        self.alarms = InMemoryAlarmDescriptions()
        self.counted = Counter[str]()
        self.ids = CountingIds()
        self.opted_in: dict[str, str] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.asked = list[str]()

    def tags_of(self, arn: str) -> dict[str, str]:
        """Return the alarm's tags, and count the request."""
        self.asked.append(arn)
        if arn not in self.tags:
            raise SourceUnavailableError(f"{arn} is not known")
        return self.tags[arn]

    def intake(self) -> Intake:
        """Return a fresh environment of the function."""
        store, operations, recorder = self.store, self.operations, self.recorder()
        ended = EndedIncidents(self.openings, self.closings)
        return Intake(
            gate=Gate(ACCOUNT, REGION, ("shop",), "quorum-", self.opted_in, self.tags_of),
            confirmation=Confirmation(self.alarms, self.clock),
            correlator=Correlator(
                OpenKeys(store, operations, ended, self.clock, self.clock.sleep, lambda _: 0),
                AlarmContext(
                    self.topology, self.alarms, self.clock, lambda n: self.counted.update([n])
                ),
                recorder,
                operations,
                self.openings,
                self.closings,
                ended,
                self.starter,
                self.clock,
            ),
            recorder=recorder,
            operations=operations,
            dead_letters=self.dead_letters,
        )

    def recorder(self) -> Recorder:
        """Return a recorder that never waits."""
        return Recorder(self.store, now=self.clock, new_id=self.ids, jitter=lambda _: 0)

    def take(self, event: dict[str, Any]) -> IntakeVerdict:
        """Have CloudWatch send the event, and deliver it to a fresh environment."""
        self.send(event)
        return self.forge(event)

    def send(self, *events: dict[str, Any]) -> None:
        """Have the alarms changed so: no event comes before its time."""
        for event in events:
            self.alarms.send(event)
            at = datetime.fromisoformat(event["detail"]["state"]["timestamp"])
            self.clock.now = max(self.clock.now, at)

    def forge(self, event: dict[str, Any]) -> IntakeVerdict:
        """Deliver an event that CloudWatch did not send."""
        return self.intake().handle(json.dumps(event)).verdict

    def incidents(self) -> list[list[IncidentEvent]]:
        """Return the events of every incident, oldest incident first."""
        opened = self.store.opened_since(self.clock.now.replace(year=2000))
        oldest_first = sorted(opened, key=lambda fact: fact.occurred_at)
        return [list(self.store.load(fact.incident_id)) for fact in oldest_first]

    def opened(self) -> IncidentOpened:
        """Return the only incident's first event."""
        ((first, *_),) = self.incidents()
        assert isinstance(first, IncidentOpened)
        return first

    def started(self) -> list[str]:
        """Return the incidents whose execution was started."""
        assert isinstance(self.starter, InMemoryExecutionStarter)
        return self.starter.started

    def end(self, incident_id: str) -> None:
        """Close the incident as the product does."""
        nothing = EvidenceSources(
            InMemoryDecisionStore(), InMemoryExecutionLedger(self.clock), InMemoryVerdictStore()
        )
        Closing(
            recorder=self.recorder(),
            sources=nothing,
            openings=self.openings,
            closings=self.closings,
            approvals=InMemoryApprovalStore(),
            operations=self.operations,
            now=self.clock,
        ).close({"incident_id": incident_id, "outcome": "escalated", "reason": "test"})

    def close_and_die(self, incident_id: str) -> None:
        """Close the incident, and crash before the event and the release of its keys."""
        at = self.clock.now.timestamp()
        self.closings.put(Ending(incident_id=incident_id, outcome="escalated", ended_at=at))

    def close_in_the_log_alone(self, incident_id: str) -> None:
        """Log an end that closing never stored."""
        self.recorder().record_once(incident_id, IncidentClosed, outcome="escalated", reason="test")


def chain(*functions: str) -> ServiceMap:
    """Return a map in which each function depends on the next."""
    names = [f"lambda:{name}" for name in functions]
    return ServiceMap(
        services=tuple(
            Service(resource=caller, depends_on=(callee,)) for caller, callee in pairwise(names)
        )
    )
