"""One incident at the executor: its log, votes and resource, up to its decision and beyond."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from functions.executor.dependencies import ExecutorDependencies, Place
from functions.executor.operations import run
from quorum.application.equivocation import Suspensions
from quorum.domain.approvals import approval_id
from quorum.domain.autonomy import Mode, Rule
from quorum.domain.base import OutsiderText
from quorum.domain.commands import Execute, ExecuteResult
from quorum.domain.events import INCIDENT_EVENT, ApprovalAnswered, UndoRequested, VoteCast
from quorum.domain.evidence import Alarm, Bundle, Candidate, Series
from quorum.domain.grants import APPROVER, UndoOrder, grant
from quorum.domain.incident_records import Verdict
from quorum.domain.seats import SEATS
from quorum.domain.signed import Statement
from quorum.domain.votes import Ballot
from quorum.ports.telemetry import AlarmStatus
from tests.builders.actuators import GuardedActuator, Shelf
from tests.builders.alarms import ACCOUNT, ALARM, REGION, alarm
from tests.builders.bundles import bundle
from tests.builders.candidates import candidate
from tests.builders.events import INCIDENT
from tests.builders.evidence import HEALTHY_RECORD
from tests.builders.incidents import IncidentStores
from tests.builders.people import SAID
from tests.builders.votes import ballot, vote
from tests.fakes import (
    START,
    FakeClock,
    InMemoryAlarmSource,
    InMemoryControls,
    InMemoryStopSwitch,
    InMemoryVerifier,
    sealed,
)
from tests.fakes.control_log import InMemoryControlLog

PLACE: Final = Place(account=ACCOUNT, region=REGION)
NEVER_DECIDED: Final = candidate(
    "lambda.raise_reserved_concurrency",
    parameters={"function": "checkout", "from_units": 1, "to_units": 2},
    summary="Raise the reserved concurrency of checkout from 1 to 2",
    observed={"reserved_concurrency": 1},
)
"""A candidate that no decision chooses."""


class Case(IncidentStores):
    """An incident with its log, its votes and its resource, ready to be acted on."""

    def __init__(  # noqa: PLR0913 - what tests vary, by name
        self,
        *,
        mode: Mode = "autonomous",
        route: str = "execute",
        chosen: Candidate | None = None,
        confidence_bp: int = 9000,
        opened: Mapping[str, Any] | None = None,
        frozen: Mapping[str, Any] | None = None,
        bundled: Mapping[str, Any] | None = None,
        record: tuple[Series, ...] = HEALTHY_RECORD,
        tiers: Mapping[str, str] | None = None,
        start: datetime = START,
        expires_in: int = 900,
        seal: Callable[[Statement, str], str] = sealed,
        round_: int = 1,
    ) -> None:
        super().__init__(clock=FakeClock(start))
        self.tiers = {seat.name: seat.tiers[0].method for seat in SEATS} | dict(tiers or {})
        self.expires_in, self.seal, self.round = expires_in, seal, round_
        self.controls, self.verifier = InMemoryControls(), InMemoryVerifier()
        self.control_log, self.stop = InMemoryControlLog(), InMemoryStopSwitch()
        self.suspensions = Suspensions(self.controls, self.control_log)
        self.alarms = InMemoryAlarmSource(AlarmStatus(ALARM, "ALARM", START))
        self.actuator = GuardedActuator(
            {"alias": "live", "alias_version": "4"}, {"alias_version": "3"}
        )
        self.shelf = Shelf(self.actuator)
        self.candidate = chosen or candidate()
        self.rules: tuple[Rule, ...] = (
            Rule(verb=self.candidate.verb, resources=("*",), mode=mode),
        )
        self.bundled = {"series": record, **(bundled or {})}
        how = dict(opened or {})
        fired = how.pop("alarm", alarm())
        self.write_opening(fired, **how)
        digest = self.write_evidence(self.bundle(fired), **(frozen or {})).evidence
        self.clock.advance(5)
        for seat in SEATS:
            self.vote(self.ballot(seat.name, confidence_bp, digest))
        self.clock.advance(4)
        self._decide(route, confidence_bp, digest)

    def bundle(self, fired: Alarm) -> Bundle:
        """Return the evidence: another candidate stands before the one that is decided on."""
        fields = {
            "taken_at": self.clock.now,
            "alarms": (fired,),
            "onset": int(self.clock.now.timestamp()),
            "candidates": (NEVER_DECIDED, self.candidate),
            "round": self.round,
        }
        return bundle(**{**fields, **self.bundled})

    def ballot(self, seat: str, confidence_bp: int, digest: str, **changed: Any) -> Ballot:
        """Return the seat's ballot for the candidate."""
        at = self.clock.now.timestamp()
        fields = {
            "evidence": digest,
            "round": self.round,
            "exp": int(at) + self.expires_in,
            **changed,
        }
        cast = vote(seat, **{"action": self.candidate.id, "conf_bp": confidence_bp, **fields})
        return ballot(cast, tier=self.tiers[seat], started_at=at, answered_at=at)

    def vote(self, ballot: Ballot, signer: str | None = None) -> str:
        """Have the seat claim the ballot and sign its vote; return what it signed."""
        seat = ballot.vote.seat
        self.ballots._ballots[seat, INCIDENT, self.round] = ballot
        return self.ballots.cast(ballot.vote, self.seal(ballot.vote, signer or seat))

    def signed(self) -> tuple[str, ...]:
        """Return what is in the seats' tables."""
        found = (self.ballots.read(seat.name, INCIDENT, self.round).signed_votes for seat in SEATS)
        return tuple(text for signed_votes in found for text in signed_votes)

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
        self.write_decision(
            round=self.round,
            evidence=digest,
            route=route,
            action=self.candidate.id,
            votes=votes,
            certificate=self.signed(),
            score_bp=confidence_bp,
            ranking=((self.candidate.id, confidence_bp),),
            reason="quorum",
            level=None,
        )

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
        self,
        operation: str = "act",
        approval: str | None = None,
        *,
        round_: int | None = None,
        **changed: Any,
    ) -> ExecuteResult:
        """Run an operation of the executor, by default in the newest round."""
        request = Execute.model_validate(
            {
                "operation": operation,
                "incident_id": INCIDENT,
                "round": round_ or self.round,
                "approval_id": approval,
            }
        )
        return run(self.deps(**changed), request)

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
        self.write_approval_request(
            wanted,
            decision.action,
            seconds=seconds,
            task_token="t",  # noqa: S106 - no secret
        )
        expires = self.clock.now.timestamp() + seconds
        if answer == "granted":
            for person in people:
                granted = chosen or self.candidate
                said = grant(decision, granted, person, int(expires))
                self.approvals.grant(wanted, person, granted.id, sealed(said, APPROVER))
        self.approvals.answer(wanted, answer, people[0])  # type: ignore[arg-type]
        self.add(ApprovalAnswered, approval_id=wanted, answer=answer)
        return wanted

    def next_round(self, *, chosen: Candidate | None = None, **changed: Any) -> None:
        """Freeze, vote on and decide another round: by default of the same candidate."""
        self.round += 1
        self.candidate = chosen or self.candidate
        self.bundled.pop("taken_at", None)
        fired = self.incident.opened.alarm
        bundle = self.bundle(fired).model_copy(update=changed)
        digest = self.write_evidence(bundle).evidence
        self.clock.advance(5)
        for seat in SEATS:
            self.vote(self.ballot(seat.name, 9000, digest))
        self.clock.advance(4)
        self._decide("execute", 9000, digest)

    def rewrite_decision(self, **changed: Any) -> None:
        """Rewrite the newest event of the log, the decision."""
        decision = self.incident.decision
        assert decision is not None
        rows = self.store._rows[INCIDENT]
        forged = decision.model_copy(update=changed)
        rows[max(rows)] = (forged.event_id, INCIDENT_EVENT.dump_json(forged))

    def order_undo(self, *, action: str | None = None, seconds: float = 900) -> None:
        """Have a person order the undo, as the approval function signs and records it."""
        order = UndoOrder(
            incident=INCIDENT,
            action=action or self.candidate.id,
            person="ann",
            exp=int(self.clock.now.timestamp() + seconds),
        )
        self.approvals.order_undo(INCIDENT, sealed(order, APPROVER))
        self.add(UndoRequested, **SAID)

    def verify(self, verdict: Verdict, *, action: str | None = None) -> None:
        """Have verification end with this verdict on the action that was decided, or another."""
        self.write_verdict(verdict, action or self.candidate.id)
