"""One incident at the executor, with in-memory stores."""

from datetime import timedelta
from typing import Any

from functions.executor.dependencies import ExecutorDependencies
from functions.executor.operations import run
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.commands import Execute, ExecuteResult
from quorum.domain.events import (
    INCIDENT_EVENT,
    AlarmJoined,
    ApprovalAnswered,
    ApprovalRequested,
    BaseEvent,
    RecoveryChecked,
    UndoRequested,
)
from quorum.domain.evidence import Alarm, Candidate
from quorum.domain.grants import APPROVER, UndoOrder, grant
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import Ending, TakenOver, Verdict, Verified
from tests.builders.decided_incidents import Written
from tests.builders.events import add
from tests.builders.executor_evidence import INCIDENT, PLACE
from tests.builders.people import SAID
from tests.fakes import sealed


class Case(Written):
    """An incident with its log, its votes and its world, ready to be acted on."""

    def deps(self, **changed: Any) -> ExecutorDependencies:
        """Return what the executor is wired with."""
        fields: dict[str, Any] = {
            "recorder": self.recorder,
            "evidence": self.evidence,
            "decisions": self.decisions,
            "ballots": self.ballots,
            "approvals": self.approvals,
            "openings": self.openings,
            "closings": self.closings,
            "verdicts": self.verdicts,
            "stop": self.stop,
            "suspensions": self.suspensions,
            "verifier": self.verifier,
            "ledger": self.ledger,
            "alarms": self.alarms,
            "deployments": self.shelf,
            "actuators": self.shelf,
            "rules": self.rules,
            "control_log": self.control_log,
            "place": PLACE,
            "now": self.clock,
            "new_id": self.ids,
            "sleep": self.clock.sleep,
        }
        return ExecutorDependencies(**{**fields, **changed})

    def run(
        self, operation: str = "act", approval: str | None = None, **changed: Any
    ) -> ExecuteResult:
        """Run an operation of the executor."""
        request = Execute.model_validate(
            {
                "operation": operation,
                "incident_id": INCIDENT,
                "round": 1,
                "approval_id": approval,
            }
        )
        return run(self.deps(**changed), request)

    @property
    def incident(self) -> Incident:
        """Return the incident replayed from its log."""
        return replay(self.store.load(INCIDENT))

    def facts(self, kind: type[BaseEvent]) -> list[Any]:
        """Return the events of this kind."""
        return [fact for fact in self.store.load(INCIDENT) if isinstance(fact, kind)]

    def order(self) -> list[str]:
        """Return the kinds of events after the decision, in order."""
        names: list[str] = [fact.type for fact in self.store.load(INCIDENT)]
        return names[names.index("DecisionMade") + 1 :]

    def approve(
        self,
        *,
        seconds: float = 600,
        answer: str = "granted",
        people: tuple[str, ...] = ("ann", "bob"),
        chosen: Candidate | None = None,
    ) -> str:
        """Have people answer; return the approval's id."""
        decision = self.incident.decision
        assert decision is not None
        assert decision.action is not None
        wanted = approval_id(decision)
        expires = self.clock.now + timedelta(seconds=seconds)
        self.approvals.ask(
            Approval(
                approval_id=wanted,
                incident_id=INCIDENT,
                action=decision.action,
                task_token="t",  # noqa: S106 - no secret
                expires_at=expires.timestamp(),
            )
        )
        add(
            self.recorder,
            INCIDENT,
            ApprovalRequested,
            approval_id=wanted,
            action=decision.action,
            reason="asked",
            level="senior_sre",
            expires_at=expires,
        )
        if answer == "granted":
            for person in people:
                granted = chosen or self.candidate
                said = grant(decision, granted, person, int(expires.timestamp()))
                self.approvals.grant(wanted, person, granted.id, sealed(said, APPROVER))
        self.approvals.answer(wanted, answer, people[0])  # type: ignore[arg-type]
        add(self.recorder, INCIDENT, ApprovalAnswered, approval_id=wanted, answer=answer)
        return wanted

    def join(self, other: Alarm) -> None:
        """Have another alarm join the incident."""
        self.openings.join(INCIDENT, other)
        add(self.recorder, INCIDENT, AlarmJoined, alarm=other)

    def rewrite_decision(self, **changed: Any) -> None:
        """Rewrite the newest event of the log, the decision."""
        told = self.incident.decision
        assert told is not None
        rows = self.store._rows[INCIDENT]
        forged = told.model_copy(update=changed)
        rows[max(rows)] = (forged.event_id, INCIDENT_EVENT.dump_json(forged))

    def close(self) -> None:
        """Close the incident, as closing does."""
        at = self.clock.now.timestamp()
        self.closings.put(Ending(incident_id=INCIDENT, outcome="escalated", ended_at=at))

    def order_undo(self, *, action: str | None = None, seconds: float = 900) -> None:
        """Have a person order the undo, as the approval function signs and records it."""
        order = UndoOrder(
            incident=INCIDENT,
            action=action or self.candidate.id,
            person="ann",
            exp=int(self.clock.now.timestamp() + seconds),
        )
        self.approvals.order_undo(INCIDENT, sealed(order, APPROVER))
        add(self.recorder, INCIDENT, UndoRequested, **SAID)

    def take_over(self) -> None:
        """Have a person take the incident over."""
        at = self.clock.now.timestamp()
        taken = TakenOver(incident_id=INCIDENT, by="ann", via="cli", reason="mine", at=at)
        self.approvals.take_over(taken)

    def verify(self, verdict: Verdict, *, action: str | None = None) -> None:
        """Store this verdict of verification, and record it in the log."""
        self.verdicts.put(
            Verified(
                incident_id=INCIDENT,
                mode="action",
                action=action or self.candidate.id,
                verdict=verdict,
                verified_at=self.clock.now.timestamp(),
            )
        )
        self.check(verdict)

    def check(self, verdict: str) -> None:
        """Record a verdict of verification in the log alone."""
        add(
            self.recorder,
            INCIDENT,
            RecoveryChecked,
            verdict=verdict,
            alarm_state="ALARM",
            requests=100,
            errors=50,
            compared_requests=100,
            seconds=60,
            reason="deadline",
        )
