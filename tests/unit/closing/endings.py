"""An incident about to end, with everything around it in memory."""

from datetime import timedelta
from typing import Any, Final

from functions.closing.closing import Answer, end
from functions.shared.domain.catalogue import action_id
from functions.shared.domain.events import (
    ActionTaken,
    ActionUndone,
    AlarmJoined,
    DecisionMade,
    IncidentClosed,
    IncidentOpened,
    RecoveryChecked,
)
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.model import OutsiderText
from functions.shared.recording import Recorder
from tests.fakes.clock import START, CountingIds, FakeClock
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.operations import InMemoryOperations

INCIDENT: Final = "a" * 32
ACTION: Final = action_id("lambda.rollback_alias", {"function": "checkout"})


def alarm(name: str, *resources: str) -> Alarm:
    """Return an alarm on these resources."""
    return Alarm(
        name=name,
        arn=f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}",
        kind="metric",
        account="123456789012",
        region="eu-west-1",
        resources=resources,
        fired_at=START,
        reason=OutsiderText.of("threshold crossed"),
    )


FIRST: Final = alarm("shop-checkout", "lambda:checkout")
SECOND: Final = alarm("shop-payment", "lambda:payment", "dynamodb:orders")


class Ending:
    """An incident of two alarms, which holds the keys of all their resources."""

    def __init__(self) -> None:
        self.clock, self.store = FakeClock(), InMemoryEventStore()
        self.operations = InMemoryOperations(self.clock)
        self.recorder = Recorder(self.store, now=self.clock, new_id=CountingIds())
        self.recorder.record_once(INCIDENT, IncidentOpened, alarm=FIRST, flapping=False)
        self.recorder.add(INCIDENT, AlarmJoined, alarm=SECOND)
        for resource in (*FIRST.resources, *SECOND.resources):
            self.operations.hold(resource, INCIDENT, self.clock.now + timedelta(days=1))

    def decided(self, route: str = "execute") -> "Ending":
        """Record a decision."""
        self.recorder.add(
            INCIDENT,
            DecisionMade,
            round=1,
            evidence="e" * 64,
            route=route,
            action=ACTION,
            score_bp=8000,
            ranking=(),
            votes=(),
            silent=(),
            reason="quorum",
            level=None,
        )
        return self

    def taken(self) -> "Ending":
        """Record the action."""
        self.recorder.add(INCIDENT, ActionTaken, action=ACTION, written={}, request_id="r")
        return self

    def undone(self) -> "Ending":
        """Record the undo."""
        self.recorder.add(INCIDENT, ActionUndone, action=ACTION, restored={}, request_id="r")
        return self

    def checked(self, verdict: str) -> "Ending":
        """Record what verification saw."""
        self.recorder.add(
            INCIDENT,
            RecoveryChecked,
            verdict=verdict,
            alarm_state="OK",
            requests=10,
            errors=0,
            compared_requests=10,
            seconds=60,
            reason="seen",
        )
        return self

    def end(self, outcome: str, reason: str = "done") -> Answer:
        """Have the state machine close it."""
        event: dict[str, Any] = {"incident_id": INCIDENT, "outcome": outcome, "reason": reason}
        return end(event, self.recorder, self.operations)

    def closings(self) -> list[IncidentClosed]:
        """Return the facts that close it."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, IncidentClosed)]
