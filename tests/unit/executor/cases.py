"""One incident that the executor is asked about, with everything it reads in memory."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from functions.executor.operations import run
from functions.executor.ports import Hazards
from functions.executor.request import Request, Result
from functions.executor.tools import Place, Tools
from functions.shared.domain.approvals import approval_id
from functions.shared.domain.autonomy import Mode, Rule
from functions.shared.domain.catalogue import action_id
from functions.shared.domain.events import (
    AlarmJoined,
    ApprovalAnswered,
    ApprovalRequested,
    DecisionMade,
    EvidenceFrozen,
    Fact,
    IncidentOpened,
    RecoveryChecked,
    VoteCast,
)
from functions.shared.domain.evidence import Alarm, Bundle, Candidate, Scalar, Series
from functions.shared.domain.incident import Incident, replay
from functions.shared.domain.model import OutsiderText
from functions.shared.domain.seats import SEATS
from functions.shared.domain.votes import Ballot, Opinion, Vote
from functions.shared.ports import AlarmStatus, Approval, Decided
from functions.shared.recording import Recorder
from tests.fakes import (
    START,
    CountingIds,
    FakeClock,
    InMemoryActuator,
    InMemoryAlarmSource,
    InMemoryApprovalBook,
    InMemoryBallotBox,
    InMemoryDecisionBook,
    InMemoryEventStore,
    InMemoryEvidenceStore,
    InMemoryExecutionLedger,
    InMemoryOperations,
)

INCIDENT: Final = "ab" * 16
OTHER: Final = "cd" * 16
ACCOUNT, REGION = "111122223333", "eu-west-1"
PLACE: Final = Place(account=ACCOUNT, region=REGION)
RESOURCE: Final = "lambda:checkout"
VERB: Final = "lambda.rollback_alias"
PARAMETERS: Final[dict[str, Scalar]] = {
    "function": "checkout",
    "alias": "live",
    "from_version": "4",
    "to_version": "3",
}


def candidate(verb: str = VERB, resource: str = RESOURCE, **changed: Any) -> Candidate:
    """Return a candidate whose id is right."""
    parameters = changed.pop("parameters", PARAMETERS)
    fields: dict[str, Any] = {
        "id": action_id(verb, parameters),
        "verb": verb,
        "resource": resource,
        "parameters": parameters,
        "summary": "Point checkout:live back from version 4 to 3",
        "cites": ("change-1",),
        "observed": {"alias_version": "4"},
    }
    return Candidate(**{**fields, **changed})


def alarm(name: str = "checkout-errors", **changed: Any) -> Alarm:
    """Return the alarm that fired."""
    fields: dict[str, Any] = {
        "name": name,
        "arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        "kind": "metric",
        "account": ACCOUNT,
        "region": REGION,
        "resources": (RESOURCE,),
        "fired_at": START,
        "reason": OutsiderText.of("3 datapoints were over the threshold"),
        "period_seconds": 10,
        "evaluation_periods": 3,
    }
    return Alarm(**{**fields, **changed})


def series(measure: str, total: float, **changed: Any) -> Series:
    """Return a series of ten periods before the onset that adds up to the total."""
    onset = int(START.timestamp())
    fields: dict[str, Any] = {
        "id": f"{measure}-{changed.get('version')}",
        "resource": RESOURCE,
        "measure": measure,
        "period_seconds": 10,
        "points": tuple((onset - 100 + 10 * n, total / 10) for n in range(10)),
    }
    return Series(**{**fields, **changed})


HEALTHY_RECORD: Final = (
    series("requests", 100, version="3"),
    series("errors", 0, version="3"),
)


class GuardedActuator(InMemoryActuator):
    """The fake with what the executor asks besides; `now` is what speaks against touching it."""

    def __init__(self, world: Mapping[str, Scalar], effect: Mapping[str, Scalar]) -> None:
        super().__init__(world, effect)
        self.now = Hazards()
        self.writes: list[dict[str, Scalar]] = []

    def hazards(self, candidate: Candidate) -> Hazards:  # noqa: ARG002 - the port's
        """Return what the test says."""
        return self.now

    def happened(
        self, candidate: Candidate, captured: Mapping[str, Scalar], state: Mapping[str, Scalar]
    ) -> bool:
        """Return whether the effect shows."""
        assert candidate.id, captured
        return all(state[name] == value for name, value in self._effect.items())

    def restored(
        self, candidate: Candidate, captured: Mapping[str, Scalar], state: Mapping[str, Scalar]
    ) -> bool:
        """Return whether what was captured shows."""
        assert candidate.id
        return all(state[name] == captured[name] for name in self._effect)

    def _write(self, revision: Scalar, settings: Mapping[str, Scalar]) -> Any:
        before = self.world["revision"]
        try:
            return super()._write(revision, settings)
        finally:
            if self.world["revision"] != before:
                self.writes.append(dict(settings))


class Shelf:
    """`Actuators` that hold one actuator, and `Deployments` that run what the test says."""

    def __init__(self, actuator: GuardedActuator) -> None:
        self.one = actuator
        self.deploying: str | None = None

    def actuator(self, verb: str, incident_id: str) -> GuardedActuator:
        """Return it."""
        assert verb.count(".") == len(incident_id) / 32
        return self.one

    def running(self, resource: str) -> str | None:
        """Return what the test says is deployed."""
        assert resource
        return self.deploying


def put(owner: object, method: str, replacement: object) -> None:
    """Have the object do something else when the method is called."""
    setattr(owner, method, replacement)


class Case:
    """An incident with its log, its votes and its world, ready to be acted on."""

    def __init__(  # noqa: PLR0913 - what tests vary, by name
        self,
        *,
        mode: Mode = "autonomous",
        route: str = "execute",
        chosen: Candidate | None = None,
        confidence_bp: int = 9000,
        opened: Mapping[str, Any] | None = None,
        frozen: Mapping[str, Any] | None = None,
        record: tuple[Series, ...] = HEALTHY_RECORD,
        tiers: Mapping[str, str] | None = None,
        start: datetime = START,
    ) -> None:
        self.tiers = {seat.name: seat.tiers[0].method for seat in SEATS} | dict(tiers or {})
        self.clock, self.ids = FakeClock(start), CountingIds()
        self.store, self.evidence = InMemoryEventStore(), InMemoryEvidenceStore()
        self.decisions, self.ballots = InMemoryDecisionBook(), InMemoryBallotBox()
        self.approvals, self.ledger = (
            InMemoryApprovalBook(),
            InMemoryExecutionLedger(self.clock),
        )
        self.operations = InMemoryOperations(self.clock)
        self.alarms = InMemoryAlarmSource(AlarmStatus("checkout-errors", "ALARM", START))
        self.actuator = GuardedActuator(
            {"alias": "live", "alias_version": "4"}, {"alias_version": "3"}
        )
        self.shelf = Shelf(self.actuator)
        self.recorder = Recorder(
            self.store, now=self.clock, new_id=self.ids, sleep=self.clock.sleep
        )
        self.candidate = chosen or candidate()
        self.rules: tuple[Rule, ...] = (
            Rule(verb=self.candidate.verb, resources=("*",), mode=mode),
        )
        self._write_log(route, confidence_bp, opened or {}, frozen or {}, record)

    def tools(self, **changed: Any) -> Tools:
        """Return what the executor is wired with."""
        fields: dict[str, Any] = {
            "recorder": self.recorder,
            "evidence": self.evidence,
            "decisions": self.decisions,
            "ballots": self.ballots,
            "approvals": self.approvals,
            "ledger": self.ledger,
            "operations": self.operations,
            "alarms": self.alarms,
            "deployments": self.shelf,
            "actuators": self.shelf,
            "rules": self.rules,
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

    def approve(self, *, seconds: float = 600, answer: str = "granted") -> str:
        """Have a person answer; return the approval's id."""
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
        self.approvals.answer(wanted, answer, "ann")  # type: ignore[arg-type]
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

    def _write_log(
        self,
        route: str,
        confidence_bp: int,
        opened: Mapping[str, Any],
        frozen: Mapping[str, Any],
        record: tuple[Series, ...],
    ) -> None:
        fields = {"alarm": alarm(), "flapping": False, "storm": False, **opened}
        self.recorder.add(INCIDENT, IncidentOpened, **fields)
        bundle = Bundle(
            incident_id=INCIDENT,
            round=1,
            taken_at=self.clock.now,
            alarms=(fields["alarm"],),
            onset=int(self.clock.now.timestamp()),
            series=record,
            candidates=(self.candidate,),
        )
        key, digest = self.evidence.put_bundle(bundle)
        evidence = {
            "round": 1,
            "evidence": digest,
            "key": key,
            "sources": (),
            "candidates": (self.candidate,),
        }
        self.recorder.add(INCIDENT, EvidenceFrozen, **{**evidence, **frozen})
        self.clock.advance(5)
        for seat in SEATS:
            self.ballots.claim(self.ballot(seat.name, confidence_bp, digest))
        self._decide(route, confidence_bp, digest)

    def ballot(self, seat: str, confidence_bp: int, digest: str, **changed: Any) -> Ballot:
        """Return the seat's ballot for the candidate."""
        at = self.clock.now.timestamp()
        vote: dict[str, Any] = {
            "incident": INCIDENT,
            "round": 1,
            "evidence": digest,
            "seat": seat,
            "action": self.candidate.id,
            "conf_bp": confidence_bp,
            "exp": int(at) + 900,
        }
        return Ballot(
            vote=Vote(**{**vote, **changed}),
            tier=self.tiers[seat],
            opinion=Opinion(probabilities={}, reason=""),
            started_at=at,
            answered_at=at,
        )

    def _decide(self, route: str, confidence_bp: int, digest: str) -> None:
        votes = tuple(
            VoteCast(
                seat=seat.name,
                tier=self.tiers[seat.name],
                action=self.candidate.id,
                conf_bp=confidence_bp,
                reason=OutsiderText.of("because"),
            )
            for seat in SEATS
        )
        decision = {
            "round": 1,
            "evidence": digest,
            "route": route,
            "action": self.candidate.id,
            "votes": [vote.model_dump(mode="json") for vote in votes],
        }
        self.decisions.decide(Decided(incident_id=INCIDENT, round=1, decision=decision))
        self.recorder.add(
            INCIDENT,
            DecisionMade,
            score_bp=confidence_bp,
            ranking=((self.candidate.id, confidence_bp),),
            silent=(),
            reason="quorum",
            level=None,
            **decision,
        )
