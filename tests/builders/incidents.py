"""An incident with its log and every store in memory, to be written to as the functions do."""

from datetime import timedelta
from typing import Any, Literal, TypeVar

from quorum.application.recorder import Recorder
from quorum.domain.approvals import Approval
from quorum.domain.decisions import Decided
from quorum.domain.events import (
    AlarmJoined,
    ApprovalRequested,
    BaseEvent,
    DecisionMade,
    EvidenceFrozen,
    IncidentOpened,
    Outcome,
    RecoveryChecked,
)
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.executions import Execution
from quorum.domain.incident import Incident, replay
from quorum.domain.incident_records import Ending, Mode, Opening, TakenOver, Verdict, Verified
from tests.builders.alarms import alarm
from tests.builders.candidates import RESOURCE, ROLLBACK
from tests.builders.events import INCIDENT, add
from tests.fakes import (
    START,
    CountingIds,
    FakeClock,
    InMemoryApprovalStore,
    InMemoryBallotBox,
    InMemoryClosingStore,
    InMemoryDecisionStore,
    InMemoryEventStore,
    InMemoryEvidenceStore,
    InMemoryExecutionLedger,
    InMemoryOpeningStore,
    InMemoryVerdictStore,
)

F = TypeVar("F", bound=BaseEvent)


class IncidentStores:
    """The log and the stores, on one clock.

    A method that writes does what the owner of the store does: it puts the record, and appends the
    event. Without `stored` it appends the event alone, as something that forges the log would.
    """

    def __init__(self, incident_id: str = INCIDENT, clock: FakeClock | None = None) -> None:
        self.incident_id = incident_id
        self.clock, self.ids = clock or FakeClock(START), CountingIds()
        self.store, self.evidence = InMemoryEventStore(), InMemoryEvidenceStore()
        self.recorder = Recorder(
            self.store, now=self.clock, new_id=self.ids, sleep=self.clock.sleep
        )
        self.openings, self.closings = InMemoryOpeningStore(), InMemoryClosingStore()
        self.decisions, self.ballots = InMemoryDecisionStore(), InMemoryBallotBox()
        self.approvals, self.verdicts = InMemoryApprovalStore(), InMemoryVerdictStore()
        self.ledger = InMemoryExecutionLedger(self.clock)

    @property
    def incident(self) -> Incident:
        """Return the incident replayed from its log."""
        return replay(self.store.load(self.incident_id))

    def facts(self, kind: type[F]) -> list[F]:
        """Return the events of one kind."""
        return [one for one in self.store.load(self.incident_id) if isinstance(one, kind)]

    def add(self, kind: type[F], **fields: object) -> F:
        """Append an event, of another incident when `fields` holds its id."""
        incident_id = str(fields.pop("incident_id", self.incident_id))
        return add(self.recorder, incident_id, kind, **fields)

    def write_opening(
        self,
        fired: Alarm | None = None,
        incident_id: str = "",
        *,
        stored: bool = True,
        **how: bool,
    ) -> None:
        """Open an incident, as intake does: `flapping`, in a `storm`, or neither."""
        given = {"flapping": False, "storm": False, **how}
        fired, incident_id = fired or alarm(), incident_id or self.incident_id
        if stored:
            self.put_opening(fired, incident_id, **given)
        self.add(IncidentOpened, incident_id=incident_id, alarm=fired, **given)

    def put_opening(
        self, fired: Alarm, incident_id: str, *, flapping: bool = False, storm: bool = False
    ) -> None:
        """Put the record of an opening."""
        self.openings.put(
            Opening(
                incident_id=incident_id,
                alarms=(fired,),
                opened_at=self.clock.now.timestamp(),
                flapping=flapping,
                storm=storm,
            )
        )

    def write_joining(self, other: Alarm) -> None:
        """Have another alarm join the incident, as intake does."""
        self.openings.join(self.incident_id, other)
        self.add(AlarmJoined, alarm=other)

    def write_evidence(self, bundle: Bundle, **changed: Any) -> EvidenceFrozen:
        """Freeze the bundle, as the evidence function does; `changed` are fields of the event."""
        key, digest = self.evidence.put_bundle(bundle)
        fields = {
            "round": bundle.round,
            "evidence": digest,
            "key": key,
            "sources": bundle.sources,
            "candidates": bundle.candidates,
            "second_fault": bundle.second_fault,
            "vanished": bundle.vanished,
        }
        return self.add(EvidenceFrozen, **{**fields, **changed})

    def write_decision(
        self, incident_id: str = "", *, stored: bool = True, **changed: Any
    ) -> DecisionMade:
        """Decide as consensus does; the default is an approval request for the rollback."""
        fields = {
            "incident_id": incident_id or self.incident_id,
            "round": 1,
            "evidence": "e" * 64,
            "route": "approve",
            "action": ROLLBACK.id,
            "score_bp": 6600,
            "ranking": (),
            "votes": (),
            "silent": (),
            "reason": "below the threshold",
            "level": "senior_sre",
        }
        made = self.add(DecisionMade, **{**fields, **changed})
        if stored:
            self.decisions.decide(decided(made))
        return made

    def write_approval_request(
        self,
        approval_id: str,
        action: str = ROLLBACK.id,
        incident_id: str = "",
        *,
        seconds: float = 900,
        task_token: str = "",
    ) -> None:
        """Request approval, as the approval function does."""
        expires_at = self.clock.now + timedelta(seconds=seconds)
        incident_id = incident_id or self.incident_id
        self.approvals.ask(
            Approval(
                approval_id=approval_id,
                incident_id=incident_id,
                action=action,
                task_token=task_token,
                expires_at=expires_at.timestamp(),
            )
        )
        self.add(
            ApprovalRequested,
            incident_id=incident_id,
            approval_id=approval_id,
            action=action,
            reason="below the threshold",
            level="senior_sre",
            expires_at=expires_at,
        )

    def put_execution(
        self, operation: Literal["act", "undo"] = "act", action: str = ROLLBACK.id, **changed: Any
    ) -> Execution:
        """Put the fence of an operation that is done, or in another state, as the executor does."""
        made = execution(
            incident_id=self.incident_id,
            operation=operation,
            action=action,
            started_at=self.clock.now.timestamp(),
            **changed,
        )
        self.ledger.fence(made)
        self.ledger.finish(made)
        return made

    def put_ending(self, incident_id: str = "", outcome: Outcome = "escalated") -> None:
        """Put the record of an ending, as closing does."""
        at = self.clock.now.timestamp()
        wanted = incident_id or self.incident_id
        self.closings.put(Ending(incident_id=wanted, outcome=outcome, ended_at=at))

    def put_take_over(self) -> None:
        """Put the record of a take-over by a person, as the approval function does."""
        at, incident_id = self.clock.now.timestamp(), self.incident_id
        taken = TakenOver(incident_id=incident_id, by="ann", via="cli", reason="mine", at=at)
        self.approvals.take_over(taken)

    def write_verdict(
        self, verdict: Verdict, action: str = ROLLBACK.id, mode: Mode = "action", number: int = 1
    ) -> None:
        """End verification with this verdict, as the verification function does."""
        self.verdicts.put(
            Verified(
                incident_id=self.incident_id,
                mode=mode,
                number=number,
                action=action,
                verdict=verdict,
                verified_at=self.clock.now.timestamp(),
            )
        )
        self.write_check(verdict)

    def write_check(self, verdict: str, **changed: Any) -> None:
        """Append the event of a verdict alone."""
        fields = {
            "verdict": verdict,
            "alarm_state": "OK",
            "requests": 100,
            "errors": 1,
            "compared_requests": 100,
            "seconds": 60,
            "reason": "seen",
        }
        self.add(RecoveryChecked, **{**fields, **changed})


def decided(made: DecisionMade) -> Decided:
    """Return the record of a decision."""
    fields = made.model_dump(mode="json", exclude={*BaseEvent.model_fields, "type"})
    return Decided(incident_id=made.incident_id, round=made.round, decision=fields)


def execution(**changed: Any) -> Execution:
    """Return the fence of a rollback that is done."""
    fields = {
        "incident_id": INCIDENT,
        "operation": "act",
        "action": ROLLBACK.id,
        "resource": RESOURCE,
        "started_at": START.timestamp(),
        "state": "done",
    }
    return Execution.model_validate({**fields, **changed})
