"""One incident that the executor is asked about, with everything it reads in memory."""

from datetime import timedelta
from typing import Any

from functions.executor.operations import run
from functions.executor.request import Request, Result
from functions.executor.tools import Tools
from functions.shared.domain.approvals import approval_id
from functions.shared.domain.events import (
    AlarmJoined,
    ApprovalAnswered,
    ApprovalRequested,
    Fact,
    RecoveryChecked,
)
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.grants import APPROVER, grant
from functions.shared.domain.incident import Incident, replay
from functions.shared.ports import Approval
from tests.fakes import sealed
from tests.unit.executor.evidence import INCIDENT, PLACE
from tests.unit.executor.written import Written


class Case(Written):
    """An incident with its log, its votes and its world, ready to be acted on."""

    def tools(self, **changed: Any) -> Tools:
        """Return what the executor is wired with."""
        fields: dict[str, Any] = {
            "recorder": self.recorder,
            "evidence": self.evidence,
            "decisions": self.decisions,
            "ballots": self.ballots,
            "approvals": self.approvals,
            "controls": self.controls,
            "verifier": self.verifier,
            "ledger": self.ledger,
            "operations": self.operations,
            "alarms": self.alarms,
            "deployments": self.shelf,
            "actuators": self.shelf,
            "rules": self.rules,
            "switched": self.switched,
            "place": PLACE,
            "now": self.clock,
            "new_id": self.ids,
            "sleep": self.clock.sleep,
        }
        return Tools(**{**fields, **changed})

    def run(self, operation: str = "act", approval: str | None = None, **changed: Any) -> Result:
        """Ask the executor."""
        request = Request.model_validate(
            {
                "operation": operation,
                "incident_id": INCIDENT,
                "round": 1,
                "approval_id": approval,
            }
        )
        return run(self.tools(**changed), request)

    @property
    def incident(self) -> Incident:
        """Return the incident as its log tells it."""
        return replay(self.store.load(INCIDENT))

    def facts(self, kind: type[Fact]) -> list[Any]:
        """Return the facts of this kind."""
        return [fact for fact in self.store.load(INCIDENT) if isinstance(fact, kind)]

    def order(self) -> list[str]:
        """Return the kinds of facts after the decision, in order."""
        names: list[str] = [fact.type for fact in self.store.load(INCIDENT)]
        return names[names.index("DecisionMade") + 1 :]

    def approve(
        self,
        *,
        seconds: float = 600,
        answer: str = "granted",
        people: tuple[str, ...] = ("ann", "bob"),
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
        self.recorder.add(
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
                said = grant(decision, self.candidate, person, int(expires.timestamp()))
                text = sealed(said, APPROVER)
                self.approvals.grant(wanted, person, self.candidate.id, text)
        self.approvals.answer(wanted, answer, people[0])  # type: ignore[arg-type]
        self.recorder.add(INCIDENT, ApprovalAnswered, approval_id=wanted, answer=answer)
        return wanted

    def join(self, other: Alarm) -> None:
        """Have another alarm join the incident."""
        self.recorder.add(INCIDENT, AlarmJoined, alarm=other)

    def check(self, verdict: str) -> None:
        """Record what verification found."""
        self.recorder.add(
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
