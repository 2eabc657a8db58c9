"""An incident with an approval request, and in-memory stores."""

from datetime import timedelta
from typing import Any, Final, Literal

from functions.approval.approvals import Approvals
from functions.approval.authentication import Authenticator
from functions.approval.trusted_records import TrustedRecords
from functions.slack.queued_interaction import received
from quorum.application.recorder import Recorder
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import action_id
from quorum.domain.decisions import Decided
from quorum.domain.events import (
    ActionRefused,
    ApprovalAnswered,
    ApprovalGiven,
    ApprovalRequested,
    BaseEvent,
    DecisionMade,
    EvidenceFrozen,
    IncidentOpened,
)
from quorum.domain.evidence import Alarm, Bundle, Candidate
from quorum.domain.executions import Execution
from quorum.domain.grants import APPROVER
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import Ending
from quorum.domain.people import People
from quorum.domain.slack_interactions import SlackApp
from tests.builders.events import add
from tests.builders.slack import SECRET, payload, request
from tests.fakes.approval_store import InMemoryApprovalStore
from tests.fakes.channels import InMemoryTaskTokens
from tests.fakes.clock import START, CountingIds, FakeClock
from tests.fakes.decision_store import InMemoryDecisionStore
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.fakes.execution_ledger import InMemoryExecutionLedger
from tests.fakes.incident_books import InMemoryClosingStore
from tests.fakes.signing import InMemorySigner
from tests.fakes.tokens import OURS, InMemoryTokens

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


PEOPLE: Final = People.model_validate(
    [
        {
            "id": "ann",
            "name": "Ann",
            "email": "ann@example.com",
            "subject": "s-ann",
            "slack": "U0ANN",
            "roles": ["senior_sre"],
        },
        {"id": "bob", "name": "Bob", "subject": "s-bob", "slack": "U0BOB", "roles": ["senior_sre"]},
        {"id": "vic", "name": "Vic", "subject": "s-vic", "slack": "U0VIC", "roles": ["viewer"]},
    ]
)
TEAM, APP = "T9TK3CUKW", "AABA1ABCD"


class ApprovalCase:
    """An incident and the approval function; `action` is the decided one."""

    def __init__(self, action: str | None = ACTION, bundle: Bundle | None = None) -> None:
        self.clock, self.store = FakeClock(), InMemoryEventStore()
        self.recorder = Recorder(self.store, now=self.clock, new_id=CountingIds())
        self.book, self.tokens = InMemoryApprovalStore(), InMemoryTaskTokens()
        self.decisions, self.closings = InMemoryDecisionStore(), InMemoryClosingStore()
        self.evidence = InMemoryEvidenceStore()
        self.executions = InMemoryExecutionLedger(self.clock)
        subjects = {person.id: person.subject for person in PEOPLE}
        self.signed_in = InMemoryTokens({**subjects, "a stranger's": "s-eve"}, self.clock)
        self.slack: SlackApp | None = SlackApp(SECRET, TEAM, APP)
        self.recorder.record_once(INCIDENT, IncidentOpened, alarm=ALARM, flapping=False)
        self.key, self.digest = self.evidence.put_bundle(bundle or frozen())
        self.freeze()
        self.signer = InMemorySigner(APPROVER)
        self.decided(action)

    def freeze(self, *candidates: Candidate) -> None:
        """Record frozen evidence; the log may list other candidates than the bundle."""
        add(
            self.recorder,
            INCIDENT,
            EvidenceFrozen,
            round=1,
            evidence=self.digest,
            key=self.key,
            sources=(),
            candidates=candidates or (ROLLBACK, OTHER, RISKY),
        )

    def decided(
        self, action: str | None = ACTION, round_: int = 1, *, by_consensus: bool = True
    ) -> None:
        """Record a round's decision, and store it unless it is forged."""
        again = self.evidence.put_bundle(frozen(round_=round_))[1]
        made = add(
            self.recorder,
            INCIDENT,
            DecisionMade,
            round=round_,
            evidence=self.digest if round_ == 1 else again,
            route="approve",
            action=action,
            score_bp=5000,
            ranking=(),
            votes=(),
            silent=(),
            reason="below the threshold",
            level="senior_sre",
        )
        header = {*BaseEvent.model_fields, "type"}
        decision = made.model_dump(mode="json", exclude=header)
        if by_consensus:
            self.decisions.decide(Decided(incident_id=INCIDENT, round=round_, decision=decision))

    def refused(self, *, person_may: bool) -> None:
        """Record a refusal of the executor; `person_may`: an approval lifts it."""
        add(
            self.recorder,
            INCIDENT,
            ActionRefused,
            action=ACTION,
            guard="storm",
            reason="five incidents",
            person_may=person_may,
        )

    def close(self) -> None:
        """Have closing end the incident."""
        ended = self.clock.now.timestamp()
        self.closings.put(Ending(incident_id=INCIDENT, outcome="escalated", ended_at=ended))

    def executed(self, operation: Literal["act", "undo"], state: str = "done") -> None:
        """Have the executor note what it does."""
        fence = Execution(
            incident_id=INCIDENT,
            operation=operation,
            action=ACTION,
            resource="lambda:checkout",
            started_at=self.clock.now.timestamp(),
        )
        self.executions.fence(fence)
        self.executions.finish(fence.model_copy(update={"state": state}))

    def call(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Call a fresh environment of the function."""
        slack = self.slack
        approvals = Approvals(
            self.recorder,
            TrustedRecords(self.decisions, self.evidence, self.closings, self.executions),
            Authenticator(
                PEOPLE, self.signed_in, OURS, (lambda: slack) if slack else None, self.clock
            ),
            self.book,
            self.tokens,
            self.signer,
            self.clock,
            SECONDS,
        )
        return approvals.handle({"operation": operation, **fields})

    def open(self, round_: int = 1) -> str:
        """Open the approval request; return its id."""
        return str(self.call("open", incident_id=INCIDENT, round=round_)["approval_id"])

    def wait(self, approval_id: str, token: str = "token") -> dict[str, Any]:  # noqa: S107
        """Have the state machine wait."""
        return self.call("wait", incident_id=INCIDENT, approval_id=approval_id, task_token=token)

    def answer(
        self, approval_id: str, answer: str = "granted", by: str = "ann", **more: Any
    ) -> dict[str, Any]:
        """Answer as a person, with their token unless `more` brings another proof."""
        fields = {"approval_id": approval_id, "answer": answer, "proof": token(by), **more}
        return self.call("answer", **fields)

    def pressed(
        self, approval_id: str, button: str = "approve", member: str = "U0ANN", **more: Any
    ) -> dict[str, Any]:
        """Return the proof of a press of one of the question's buttons; `more` changes it."""
        incident, secret = more.pop("incident", INCIDENT), more.pop("secret", SECRET)
        at = self.clock.now - timedelta(seconds=more.pop("ago", 0))
        content = payload(button, member, approval_id, **more)
        content["actions"][0]["block_id"] = f"{incident}:{approval_id}"
        sent = received(request(content, at, secret=secret))
        return {"kind": "press", "sent": sent.model_dump()}

    def expire(self, approval_id: str) -> dict[str, Any]:
        """Have the state machine give up."""
        return self.call("expire", incident_id=INCIDENT, approval_id=approval_id)

    def incident(self) -> Incident:
        """Return the incident replayed from its log."""
        return replay(self.store.load(INCIDENT))

    def questions(self) -> list[ApprovalRequested]:
        """Return the ApprovalRequested events."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, ApprovalRequested)]

    def given(self) -> list[ApprovalGiven]:
        """Return the ApprovalGiven events: grants that were not enough."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, ApprovalGiven)]

    def answers(self) -> list[ApprovalAnswered]:
        """Return the ApprovalAnswered events."""
        return [f for f in self.store.load(INCIDENT) if isinstance(f, ApprovalAnswered)]


def token(by: str) -> dict[str, str]:
    """Return the proof of a person's token."""
    return {"kind": "token", "token": by}


def frozen(*candidates: Candidate, incident: str = INCIDENT, round_: int = 1) -> Bundle:
    """Return the evidence that the question rests on."""
    return Bundle(
        incident_id=incident,
        round=round_,
        taken_at=START,
        alarms=(ALARM,),
        onset=int(START.timestamp()),
        candidates=candidates or (ROLLBACK, OTHER, RISKY),
    )
