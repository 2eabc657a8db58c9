"""An incident about which people are asked, with everything around it in memory."""

from typing import Any, Final

from functions.approval.approvals import Approvals
from functions.shared.domain.catalogue import action_id
from functions.shared.domain.events import (
    ActionRefused,
    ApprovalAnswered,
    ApprovalGiven,
    ApprovalRequested,
    DecisionMade,
    EvidenceFrozen,
    IncidentOpened,
)
from functions.shared.domain.evidence import Alarm, Candidate
from functions.shared.domain.grants import APPROVER
from functions.shared.domain.incident import Incident, replay
from functions.shared.domain.model import OutsiderText
from functions.shared.recording import Recorder
from tests.fakes.approval_book import InMemoryApprovalBook
from tests.fakes.channels import InMemoryTaskTokens
from tests.fakes.clock import START, CountingIds, FakeClock
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.signing import InMemorySigner

INCIDENT: Final = "a" * 32
SECONDS: Final = 600


def candidate(verb: str, **parameters: str) -> Candidate:
    """Return a candidate of this verb."""
    return Candidate(
        id=action_id(verb, dict(parameters)),
        verb=verb,
        resource="lambda:checkout",
        parameters=dict(parameters),
        summary="Repair it",
        cites=(),
        observed={"alias_version": "4"},
    )


ROLLBACK: Final = candidate("lambda.rollback_alias", function="checkout")
OTHER: Final = candidate("lambda.rollback_alias", function="checkout", to_version="2")
RISKY: Final = candidate("sqs.redrive", queue="orders")
ACTION: Final = ROLLBACK.id
ALARM: Final = Alarm(
    name="shop-checkout-errors",
    arn="arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-checkout-errors",
    kind="metric",
    account="123456789012",
    region="eu-west-1",
    resources=("lambda:checkout",),
    fired_at=START,
    reason=OutsiderText.of("threshold crossed"),
)


class Desk:
    """Where people are asked; `action` is what was decided."""

    def __init__(self, action: str | None = ACTION) -> None:
        self.clock, self.store = FakeClock(), InMemoryEventStore()
        self.recorder = Recorder(self.store, now=self.clock, new_id=CountingIds())
        self.book, self.tokens = InMemoryApprovalBook(), InMemoryTaskTokens()
        self.recorder.record_once(INCIDENT, IncidentOpened, alarm=ALARM, flapping=False)
        self.recorder.record_once(
            INCIDENT,
            EvidenceFrozen,
            round=1,
            evidence="e" * 64,
            key="bundles/e.json",
            sources=(),
            candidates=(ROLLBACK, OTHER, RISKY),
        )
        self.signer = InMemorySigner(APPROVER)
        self.decided(action)

    def decided(self, action: str | None = ACTION, round_: int = 1) -> None:
        """Record a round's decision."""
        self.recorder.add(
            INCIDENT,
            DecisionMade,
            round=round_,
            evidence="e" * 64,
            route="approve",
            action=action,
            score_bp=5000,
            ranking=(),
            votes=(),
            silent=(),
            reason="below the threshold",
            level="senior_sre",
        )

    def refused(self, *, person_may: bool) -> None:
        """Record that the executor asks for a person, or that it refuses for good."""
        self.recorder.add(
            INCIDENT,
            ActionRefused,
            action=ACTION,
            guard="storm",
            reason="five incidents",
            person_may=person_may,
        )

    def call(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Call a fresh environment of the function."""
        approvals = Approvals(
            self.recorder, self.book, self.tokens, self.signer, self.clock, SECONDS
        )
        return approvals.handle({"operation": operation, **fields})

    def open(self, round_: int = 1) -> str:
        """Ask; return the approval's id."""
        return str(self.call("open", incident_id=INCIDENT, round=round_)["approval_id"])

    def wait(self, approval_id: str, token: str = "token") -> dict[str, Any]:  # noqa: S107
        """Have the state machine wait."""
        return self.call("wait", incident_id=INCIDENT, approval_id=approval_id, task_token=token)

    def answer(
        self, approval_id: str, answer: str = "granted", by: str = "ann", **more: Any
    ) -> dict[str, Any]:
        """Answer as a person."""
        return self.call("answer", approval_id=approval_id, answer=answer, by=by, **more)

    def expire(self, approval_id: str) -> dict[str, Any]:
        """Have the state machine give up."""
        return self.call("expire", incident_id=INCIDENT, approval_id=approval_id)

    def incident(self) -> Incident:
        """Return the incident as its facts tell it."""
        return replay(self.store.load(INCIDENT))

    def questions(self) -> list[ApprovalRequested]:
        """Return the facts that ask."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, ApprovalRequested)]

    def given(self) -> list[ApprovalGiven]:
        """Return the facts of grants that were not enough."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, ApprovalGiven)]

    def answers(self) -> list[ApprovalAnswered]:
        """Return the facts that answer."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, ApprovalAnswered)]
