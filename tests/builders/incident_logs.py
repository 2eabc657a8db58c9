"""Logs of whole incidents, written event by event as the pipeline writes them."""

from typing import Any

from quorum.domain.base import OutsiderText
from quorum.domain.events import (
    ActionTaken,
    ActionUndone,
    EvidenceFrozen,
    IncidentClosed,
    IncidentEvent,
    InverseCaptured,
    Outcome,
    SeatSilent,
    VoteCast,
)
from quorum.domain.evidence import Bundle, Series, Source
from quorum.domain.seats import SEATS
from quorum.domain.votes import HEALTHY
from tests.builders.alarms import alarm
from tests.builders.bundles import bundle
from tests.builders.candidates import RAISE, RESOURCE, ROLLBACK
from tests.builders.events import F
from tests.builders.evidence import ONSET, change, template
from tests.builders.incidents import IncidentStores


def vote(seat: str, action: str | None, conf_bp: int, **more: Any) -> VoteCast:
    """Return a vote by the seat's first method."""
    method = next((s.tiers[0].method for s in SEATS if s.name == seat), "unknown")
    fields = {"tier": method, "reason": OutsiderText.of(f"{method} says so"), "cites": ("m1",)}
    return VoteCast(seat=seat, action=action, conf_bp=conf_bp, **{**fields, **more})


def votes(action: str | None = ROLLBACK.id, conf_bp: int = 9000) -> tuple[VoteCast, ...]:
    """Return nine like votes; diagnosis-history, without a past to go by, is silent."""
    return tuple(vote(s.name, action, conf_bp) for s in SEATS if s.name != "diagnosis-history")


class Log(IncidentStores):
    """An incident's log that grows; a second passes before each event."""

    @property
    def events(self) -> tuple[IncidentEvent, ...]:
        """Return the events so far."""
        return tuple(self.store.load(self.incident_id))

    def add(self, kind: type[F], **fields: object) -> F:
        """Append an event."""
        self.clock.advance(1)
        return super().add(kind, **fields)

    def open(self, **alarm_fields: str) -> "Log":
        """The alarm fires."""
        self.write_opening(alarm(**alarm_fields))
        return self

    def freeze(self, **more: Any) -> "Log":
        """Freeze evidence: one series, one change, one template; `more` changes the bundle."""
        self.write_evidence(self.bundle(**more))
        return self

    def bundle(self, **more: Any) -> Bundle:
        """Return the evidence that `freeze` freezes."""
        series = Series(
            id="m1",
            resource=RESOURCE,
            measure="errors",
            period_seconds=60,
            points=((ONSET - 60, 0.0), (ONSET, 12.0)),
            alarmed=True,
        )
        moved = change(
            RESOURCE,
            "alias",
            -60,
            id="c1",
            width=30,
            values=("3", "4"),
            actor=OutsiderText.of("deployer"),
        )
        fields: dict[str, Any] = {
            "incident_id": self.incident_id,
            "taken_at": self.clock.now,
            "templates": (template(RESOURCE, "KeyError: <*>", id="t1", after=12),),
            "changes": (moved,),
            "sources": (Source(name="metrics", status="ok"), Source(name="logs", status="ok")),
            "candidates": (ROLLBACK, RAISE),
        }
        return bundle(series, **{**fields, **more})

    def decide(self, **more: Any) -> "Log":
        """Nine seats of ten agree on the rollback; `more` changes the decision."""
        fields: dict[str, Any] = {
            "evidence": self.facts(EvidenceFrozen)[-1].evidence,
            "route": "execute",
            "score_bp": 8100,
            "ranking": ((ROLLBACK.id, 8100),),
            "votes": votes(),
            "silent": (SeatSilent(seat="diagnosis-history", reason="no past incident"),),
            "reason": "quorum",
            "level": None,
        }
        self.write_decision(**{**fields, **more})
        return self

    def ask(self, action: str = ROLLBACK.id) -> "Log":
        """Approval is requested."""
        self.write_approval_request("a" * 32, action)
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
        self.put_execution()
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
        self.write_check(
            verdict,
            alarm_state=state,
            requests=118,
            compared_requests=120,
            seconds=121,
            reason="the alarm's own window is over",
        )
        return self

    def undo(self) -> "Log":
        """The rollback is undone."""
        self.put_execution("undo")
        self.add(
            ActionUndone,
            action=ROLLBACK.id,
            restored={"alias_version": "4"},
            request_id="request-2",
        )
        return self

    def close(self, outcome: Outcome = "resolved", reason: str = "recovered") -> "Log":
        """The incident ends."""
        level = None if outcome in {"resolved", "dismissed"} else "senior_sre"
        self.put_ending(outcome=outcome)
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
