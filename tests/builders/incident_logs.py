"""Logs of whole incidents, written event by event as the pipeline writes them."""

from datetime import timedelta
from typing import Any, Final, TypeVar

from quorum.application.recorder import Recorder
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import action_id
from quorum.domain.events import (
    ActionTaken,
    ActionUndone,
    ApprovalRequested,
    BaseEvent,
    DecisionMade,
    EvidenceFrozen,
    IncidentClosed,
    IncidentEvent,
    IncidentOpened,
    InverseCaptured,
    RecoveryChecked,
    SeatSilent,
    VoteCast,
)
from quorum.domain.evidence import (
    Alarm,
    Bundle,
    Candidate,
    Change,
    LogTemplate,
    Series,
    Source,
)
from quorum.domain.incident import Incident, replay
from quorum.domain.seats import SEATS
from quorum.domain.votes import HEALTHY
from tests.builders.events import add
from tests.fakes.clock import START, CountingIds, FakeClock
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.evidence_store import InMemoryEvidenceStore

INCIDENT: Final = "0123456789abcdef" * 2
ALARM: Final = "shop-checkout-errors"
F = TypeVar("F", bound=BaseEvent)


def candidate(verb: str, resource: str, summary: str, **parameters: str | int) -> Candidate:
    """Return a candidate of the catalogue's shape."""
    return Candidate(
        id=action_id(verb, parameters),
        verb=verb,
        resource=resource,
        parameters=dict(parameters),
        summary=summary,
        cites=("c1",),
        observed={"alias_version": "4"},
    )


ROLLBACK: Final = candidate(
    "lambda.rollback_alias",
    "lambda:checkout",
    "Roll back checkout:live from version 4 to 3",
    function="checkout",
    alias="live",
    from_version="4",
    to_version="3",
)
RAISE: Final = candidate(
    "lambda.raise_reserved_concurrency",
    "lambda:prices",
    "Raise the reserved concurrency of prices from 2 to 4",
    function="prices",
    from_units=2,
    to_units=4,
)


def alarm(name: str = ALARM, reason: str = "Threshold crossed: 12 errors") -> Alarm:
    """Return an alarm on the checkout function."""
    return Alarm(
        name=name,
        arn=f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}",
        kind="metric",
        account="123456789012",
        region="eu-west-1",
        resources=("lambda:checkout",),
        fired_at=START,
        reason=OutsiderText.of(reason),
    )


def vote(seat: str, action: str | None, conf_bp: int, **more: Any) -> VoteCast:
    """Return a vote by the seat's first method."""
    method = next((s.tiers[0].method for s in SEATS if s.name == seat), "unknown")
    fields = {"tier": method, "reason": OutsiderText.of(f"{method} says so"), "cites": ("m1",)}
    return VoteCast(seat=seat, action=action, conf_bp=conf_bp, **{**fields, **more})


def votes(action: str | None = ROLLBACK.id, conf_bp: int = 9000) -> tuple[VoteCast, ...]:
    """Return nine like votes; diagnosis-history, without a past to go by, is silent."""
    return tuple(vote(s.name, action, conf_bp) for s in SEATS if s.name != "diagnosis-history")


class Log:
    """An incident's log that grows; a second passes before each event."""

    def __init__(self, incident_id: str = INCIDENT) -> None:
        self.incident_id = incident_id
        self.clock = FakeClock(START)
        self.store = InMemoryEventStore()
        self.evidence = InMemoryEvidenceStore()
        ids = CountingIds("event")
        self.recorder = Recorder(self.store, now=self.clock, new_id=ids, sleep=self.clock.sleep)

    @property
    def events(self) -> tuple[IncidentEvent, ...]:
        """Return the events so far."""
        return tuple(self.store.load(self.incident_id))

    @property
    def incident(self) -> Incident:
        """Return the fold of the events so far."""
        return replay(self.events)

    def facts(self, kind: type[F]) -> list[F]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def add(self, kind: type[F], **fields: object) -> F:
        """Append an event."""
        self.clock.advance(1)
        return add(self.recorder, self.incident_id, kind, **fields)

    def open(self, **alarm_fields: str) -> "Log":
        """The alarm fires."""
        self.add(IncidentOpened, alarm=alarm(**alarm_fields), flapping=False)
        return self

    def freeze(self, **more: Any) -> "Log":
        """Freeze evidence: one series, one change, one template; `more` changes the bundle."""
        bundle = self.bundle(**more)
        key, digest = self.evidence.put_bundle(bundle)
        self.add(
            EvidenceFrozen,
            round=1,
            evidence=digest,
            key=key,
            sources=bundle.sources,
            candidates=bundle.candidates,
        )
        return self

    def bundle(self, **more: Any) -> Bundle:
        """Return the evidence that `freeze` freezes."""
        onset = int(START.timestamp())
        series = Series(
            id="m1",
            resource="lambda:checkout",
            measure="errors",
            period_seconds=60,
            points=((onset - 60, 0.0), (onset, 12.0)),
            alarmed=True,
        )
        template = LogTemplate(
            id="t1",
            resource="lambda:checkout",
            template=OutsiderText.of("KeyError: <*>"),
            level="error",
            before=0,
            after=12,
            first_seen=onset,
        )
        change = Change(
            id="c1",
            resource="lambda:checkout",
            kind="alias",
            setting="live",
            not_before=onset - 60,
            at=onset - 30,
            before="3",
            after="4",
            actor=OutsiderText.of("deployer"),
        )
        fields: dict[str, Any] = {
            "incident_id": self.incident_id,
            "round": 1,
            "taken_at": self.clock.now,
            "alarms": (alarm(),),
            "onset": onset,
            "series": (series,),
            "templates": (template,),
            "changes": (change,),
            "sources": (Source(name="metrics", status="ok"), Source(name="logs", status="ok")),
            "candidates": (ROLLBACK, RAISE),
        }
        return Bundle(**{**fields, **more})

    def decide(self, **more: Any) -> "Log":
        """Nine seats of ten agree on the rollback; `more` changes the decision."""
        frozen = self.facts(EvidenceFrozen)[-1]
        fields: dict[str, Any] = {
            "round": 1,
            "evidence": frozen.evidence,
            "route": "execute",
            "action": ROLLBACK.id,
            "score_bp": 8100,
            "ranking": ((ROLLBACK.id, 8100),),
            "votes": votes(),
            "silent": (SeatSilent(seat="diagnosis-history", reason="no past incident"),),
            "reason": "quorum",
            "level": None,
        }
        self.add(DecisionMade, **{**fields, **more})
        return self

    def ask(self, action: str = ROLLBACK.id) -> "Log":
        """Approval is requested."""
        self.add(
            ApprovalRequested,
            approval_id="a" * 32,
            action=action,
            reason="autonomy is not enabled for this resource",
            level="senior_sre",
            expires_at=self.clock.now + timedelta(minutes=15),
        )
        return self

    def act(self, approval_id: str | None = None) -> "Log":
        """The rollback is done, perhaps as approved."""
        self.add(
            InverseCaptured,
            action=ROLLBACK.id,
            candidate=ROLLBACK,
            captured={"alias_version": "4", "alias_revision": "r-4"},
            approval_id=approval_id,
        )
        self.add(
            ActionTaken,
            action=ROLLBACK.id,
            written={"alias_version": "3", "alias_revision": "r-5"},
            request_id="request-1",
        )
        return self

    def check(self, verdict: str = "recovered", state: str = "OK") -> "Log":
        """Verification ends."""
        self.clock.advance(120)
        self.add(
            RecoveryChecked,
            verdict=verdict,
            alarm_state=state,
            requests=118,
            errors=1,
            compared_requests=120,
            seconds=121,
            reason="the alarm's own window is over",
        )
        return self

    def undo(self) -> "Log":
        """The rollback is undone."""
        self.add(
            ActionUndone,
            action=ROLLBACK.id,
            restored={"alias_version": "4"},
            request_id="request-2",
        )
        return self

    def close(self, outcome: str = "resolved", reason: str = "recovered") -> "Log":
        """The incident ends."""
        level = None if outcome in {"resolved", "dismissed"} else "senior_sre"
        self.add(IncidentClosed, outcome=outcome, reason=reason, level=level)
        return self


def resolved() -> Log:
    """The action helped."""
    return Log().open().freeze().decide().act().check().close()


def undone() -> Log:
    """The action did not help and was undone."""
    log = Log().open().freeze().decide().act()
    return log.check("failed", "ALARM").undo().close("undone", "not_recovered")


def escalated() -> Log:
    """The votes do not suffice."""
    return (
        Log()
        .open()
        .freeze(sources=(Source(name="logs", status="failed", detail="access denied"),))
        .decide(
            route="escalate",
            score_bp=6600,
            ranking=((ROLLBACK.id, 6600), (RAISE.id, 900)),
            reason="below the threshold",
            level="senior_sre",
        )
        .close("escalated", "below_threshold")
    )


def dismissed() -> Log:
    """Nothing is wrong, and the alarm goes back to OK."""
    seats = (
        vote("detection-statistical", HEALTHY, 9000),
        vote("detection-signature", HEALTHY, 9500),
        vote("diagnosis-change", None, 0),
    )
    log = Log().open().freeze(candidates=())
    log.decide(route="dismiss", action=None, score_bp=0, ranking=(), votes=seats, silent=())
    return log.check("recovered", "OK").close("dismissed", "healthy")
