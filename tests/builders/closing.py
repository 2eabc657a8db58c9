"""An incident about to end, with everything around it in memory."""

from datetime import timedelta
from typing import Any, Final, Literal

from functions.closing.closing import CloseResult, Closing
from functions.closing.proof import EvidenceSources
from quorum.application.recorder import Recorder
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import action_id
from quorum.domain.decisions import Decided
from quorum.domain.events import (
    ActionTaken,
    ActionUndone,
    AlarmJoined,
    DecisionMade,
    IncidentClosed,
    IncidentOpened,
    RecoveryChecked,
)
from quorum.domain.evidence import Alarm
from quorum.domain.executions import Execution
from quorum.domain.incident_records import Mode, Opening, Verdict, Verified
from tests.builders.events import add
from tests.fakes.approval_store import InMemoryApprovalStore
from tests.fakes.clock import START, CountingIds, FakeClock
from tests.fakes.decision_store import InMemoryDecisionStore
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.execution_ledger import InMemoryExecutionLedger
from tests.fakes.incident_books import (
    InMemoryClosingStore,
    InMemoryOpeningStore,
    InMemoryVerdictStore,
)
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
        add(self.recorder, INCIDENT, AlarmJoined, alarm=SECOND)
        self.decisions, self.verdicts = InMemoryDecisionStore(), InMemoryVerdictStore()
        self.ledger = InMemoryExecutionLedger(self.clock)
        self.closings, self.approvals = InMemoryClosingStore(), InMemoryApprovalStore()
        self.openings = InMemoryOpeningStore(
            Opening(
                incident_id=INCIDENT,
                alarms=(FIRST,),
                opened_at=self.clock.now.timestamp(),
                flapping=False,
                storm=False,
            )
        )
        self.openings.join(INCIDENT, SECOND)
        for resource in (*FIRST.resources, *SECOND.resources):
            self.operations.hold(resource, INCIDENT, self.clock.now + timedelta(days=1))

    def decided(self, route: str = "execute") -> "Ending":
        """Have consensus decide."""
        decision = {
            "round": 1,
            "evidence": "e" * 64,
            "route": route,
            "action": ACTION,
            "score_bp": 8000,
            "ranking": [],
            "votes": [],
            "silent": [],
            "reason": "quorum",
            "level": None,
        }
        self.decisions.decide(Decided(incident_id=INCIDENT, round=1, decision=decision))
        add(self.recorder, INCIDENT, DecisionMade, **decision)
        return self

    def taken(self) -> "Ending":
        """Have the executor act."""
        self._done("act")
        add(self.recorder, INCIDENT, ActionTaken, action=ACTION, written={}, request_id="r")
        return self

    def undone(self) -> "Ending":
        """Have the executor undo it."""
        self._done("undo")
        add(self.recorder, INCIDENT, ActionUndone, action=ACTION, restored={}, request_id="r")
        return self

    def _done(self, operation: Literal["act", "undo"]) -> None:
        fence = Execution(
            incident_id=INCIDENT,
            operation=operation,
            action=ACTION,
            resource="lambda:checkout",
            started_at=self.clock.now.timestamp(),
        )
        self.ledger.fence(fence)
        self.ledger.finish(fence.model_copy(update={"state": "done"}))

    def checked(self, verdict: Verdict, mode: Mode = "action") -> "Ending":
        """Have verification find this."""
        self.verdicts.put(
            Verified(
                incident_id=INCIDENT,
                mode=mode,
                action=ACTION,
                verdict=verdict,
                verified_at=self.clock.now.timestamp(),
            )
        )
        add(
            self.recorder,
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

    def end(self, outcome: str, reason: str = "done") -> CloseResult:
        """Have the state machine close it."""
        event: dict[str, Any] = {"incident_id": INCIDENT, "outcome": outcome, "reason": reason}
        return self.closing().close(event)

    def closing(self) -> Closing:
        """Return the function, wired."""
        return Closing(
            recorder=self.recorder,
            sources=EvidenceSources(self.decisions, self.ledger, self.verdicts),
            openings=self.openings,
            closings=self.closings,
            approvals=self.approvals,
            operations=self.operations,
            now=self.clock,
        )

    def told(self) -> list[IncidentClosed]:
        """Return the IncidentClosed events."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, IncidentClosed)]
