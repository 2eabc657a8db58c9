"""The log, votes and world of one incident, up to its decision."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from quorum.application.equivocation import Suspensions
from quorum.application.recorder import Recorder
from quorum.domain.autonomy import Mode, Rule
from quorum.domain.base import OutsiderText
from quorum.domain.decisions import Decided
from quorum.domain.events import (
    DecisionMade,
    EvidenceFrozen,
    IncidentOpened,
    VoteCast,
)
from quorum.domain.evidence import Alarm, Bundle, Candidate, Series
from quorum.domain.incident_records import Opening
from quorum.domain.seats import SEATS
from quorum.domain.signed import Statement
from quorum.domain.votes import Ballot, Opinion, Vote
from quorum.ports.telemetry import AlarmStatus
from tests.builders.actuators import GuardedActuator, Shelf
from tests.builders.events import add
from tests.builders.executor_evidence import (
    HEALTHY_RECORD,
    INCIDENT,
    NEVER_DECIDED,
    alarm,
    candidate,
)
from tests.fakes import (
    START,
    CountingIds,
    FakeClock,
    InMemoryAlarmSource,
    InMemoryApprovalStore,
    InMemoryBallotBox,
    InMemoryClosingStore,
    InMemoryControls,
    InMemoryDecisionStore,
    InMemoryEventStore,
    InMemoryEvidenceStore,
    InMemoryExecutionLedger,
    InMemoryOpeningStore,
    InMemoryStopSwitch,
    InMemoryVerdictStore,
    InMemoryVerifier,
    sealed,
)
from tests.fakes.control_log import InMemoryControlLog


class Written:
    """Everything in memory that the executor reads."""

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
    ) -> None:
        self.tiers = {seat.name: seat.tiers[0].method for seat in SEATS} | dict(tiers or {})
        self.expires_in, self.seal = expires_in, seal
        self.clock, self.ids = FakeClock(start), CountingIds()
        self.store, self.evidence = InMemoryEventStore(), InMemoryEvidenceStore()
        self.decisions, self.ballots = InMemoryDecisionStore(), InMemoryBallotBox()
        self.controls, self.verifier = InMemoryControls(), InMemoryVerifier()
        self.control_log = InMemoryControlLog()
        self.suspensions = Suspensions(self.controls, self.control_log)
        self.openings, self.closings = InMemoryOpeningStore(), InMemoryClosingStore()
        self.verdicts, self.stop = InMemoryVerdictStore(), InMemoryStopSwitch()
        self.approvals, self.ledger = (
            InMemoryApprovalStore(),
            InMemoryExecutionLedger(self.clock),
        )
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
        self.bundled = {"series": record, **(bundled or {})}
        self._write_log(route, confidence_bp, opened or {}, frozen or {})

    def _write_log(
        self,
        route: str,
        confidence_bp: int,
        opened: Mapping[str, Any],
        frozen: Mapping[str, Any],
    ) -> None:
        fields = {"alarm": alarm(), "flapping": False, "storm": False, **opened}
        add(self.recorder, INCIDENT, IncidentOpened, **fields)
        self.open(INCIDENT, **fields)
        bundle = self.bundle(fields["alarm"])
        key, digest = self.evidence.put_bundle(bundle)
        evidence = {
            "round": 1,
            "evidence": digest,
            "key": key,
            "sources": bundle.sources,
            "candidates": bundle.candidates,
            "second_fault": bundle.second_fault,
        }
        add(self.recorder, INCIDENT, EvidenceFrozen, **{**evidence, **frozen})
        self.clock.advance(5)
        for seat in SEATS:
            self.vote(self.ballot(seat.name, confidence_bp, digest))
        self.clock.advance(4)
        self._decide(route, confidence_bp, digest)

    def open(self, incident: str, *, alarm: Alarm, flapping: bool, storm: bool) -> None:
        """Keep how the incident opened, as intake does."""
        self.openings.put(
            Opening(
                incident_id=incident,
                alarms=(alarm,),
                opened_at=self.clock.now.timestamp(),
                flapping=flapping,
                storm=storm,
            )
        )

    def bundle(self, fired: Alarm) -> Bundle:
        """Return the evidence: another candidate stands before the one that is decided on."""
        fields = {
            "incident_id": INCIDENT,
            "round": 1,
            "taken_at": self.clock.now,
            "alarms": (fired,),
            "onset": int(self.clock.now.timestamp()),
            "candidates": (NEVER_DECIDED, self.candidate),
        }
        return Bundle.model_validate({**fields, **self.bundled})

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
            "exp": int(at) + self.expires_in,
        }
        return Ballot(
            vote=Vote(**{**vote, **changed}),
            tier=self.tiers[seat],
            opinion=Opinion(probabilities={}, reason=""),
            started_at=at,
            answered_at=at,
        )

    def vote(self, ballot: Ballot, signer: str | None = None) -> str:
        """Have the seat claim the ballot and sign its vote; return what it signed."""
        seat = ballot.vote.seat
        self.ballots._ballots[seat, INCIDENT, 1] = ballot
        return self.ballots.cast(ballot.vote, self.seal(ballot.vote, signer or seat))

    def signed(self) -> tuple[str, ...]:
        """Return what is in the seats' tables."""
        found = (self.ballots.read(seat.name, INCIDENT, 1).signed_votes for seat in SEATS)
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
        decision = {
            "round": 1,
            "evidence": digest,
            "route": route,
            "action": self.candidate.id,
            "votes": [vote.model_dump(mode="json") for vote in votes],
            "certificate": list(self.signed()),
            "score_bp": confidence_bp,
            "ranking": [[self.candidate.id, confidence_bp]],
            "silent": [],
            "reason": "quorum",
            "level": None,
        }
        self.decisions.decide(Decided(incident_id=INCIDENT, round=1, decision=decision))
        add(self.recorder, INCIDENT, DecisionMade, **decision)
