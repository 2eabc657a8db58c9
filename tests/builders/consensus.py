"""One round to decide, with everything around it in memory."""

from collections.abc import Mapping
from typing import Any, Final

from functions.consensus.decide import Consensus
from quorum.application.equivocation import Suspensions
from quorum.application.recorder import Recorder
from quorum.domain.autonomy import Rule
from quorum.domain.base import OutsiderText
from quorum.domain.catalogue import action_id
from quorum.domain.constants import VOTE_LIFETIME_SECONDS
from quorum.domain.events import DecisionMade, EvidenceFrozen, IncidentOpened
from quorum.domain.evidence import Alarm, Bundle, Candidate, Source, Spread
from quorum.domain.incident_records import Opening, TakenOver
from quorum.domain.seats import SEATS, Seat, seat
from quorum.domain.votes import HEALTHY, Ballot, Opinion, Vote
from tests.builders.people import lifted
from tests.fakes.approval_store import InMemoryApprovalStore
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.clock import CountingIds, FakeClock
from tests.fakes.control_log import InMemoryControlLog
from tests.fakes.controls import InMemoryControls
from tests.fakes.decision_store import InMemoryDecisionStore
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.fakes.incident_books import InMemoryOpeningStore
from tests.fakes.signing import InMemoryVerifier, sealed

INCIDENT: Final = "a" * 32
DETECTION: Final = ("detection-statistical", "detection-signature")


def candidate(verb: str, resource: str) -> Candidate:
    """Return a candidate of this verb."""
    return Candidate(
        id=action_id(verb, {"resource": resource}),
        verb=verb,
        resource=resource,
        parameters={"resource": resource},
        summary=f"{verb} on {resource}",
        cites=(),
        observed={},
    )


ROLLBACK: Final = candidate("lambda.rollback_alias", "lambda:checkout")
RAISE: Final = candidate("lambda.raise_reserved_concurrency", "lambda:payment")
REDRIVE: Final = candidate("sqs.redrive", "sqs:orders")
ALL_OK: Final = (Source(name="metrics", status="ok"), Source(name="logs", status="ok"))
AUTONOMOUS: Final = tuple(
    Rule(verb=c.verb, resources=("*",), mode="autonomous") for c in (ROLLBACK, RAISE, REDRIVE)
)
ALARM: Final = Alarm(
    name="shop-checkout-errors",
    arn="arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-checkout-errors",
    kind="metric",
    account="123456789012",
    region="eu-west-1",
    resources=("lambda:checkout",),
    fired_at=FakeClock()(),
    reason=OutsiderText.of("threshold crossed"),
)


class Round:
    """A round; what is given to it is set before `decide`."""

    def __init__(  # noqa: PLR0913 - what tests vary, by name
        self,
        *,
        rules: tuple[Rule, ...] = AUTONOMOUS,
        sources: tuple[Source, ...] = ALL_OK,
        seats: tuple[Seat, ...] = SEATS,
        second_fault: bool = False,
        foreign: Mapping[str, Any] | None = None,
        spread: tuple[Spread, ...] = (),
        **opened: bool,
    ) -> None:
        self.clock, self.store = FakeClock(), InMemoryEventStore()
        self.recorder = Recorder(self.store, now=self.clock, new_id=CountingIds())
        self.box, self.book = InMemoryBallotBox(), InMemoryDecisionStore()
        self.controls, self.verifier = InMemoryControls(), InMemoryVerifier()
        self.control_log = InMemoryControlLog()
        self.suspensions = Suspensions(self.controls, self.control_log)
        self.evidence, self.openings = InMemoryEvidenceStore(), InMemoryOpeningStore()
        self.approvals = InMemoryApprovalStore()
        self.rules, self.seats = rules, seats
        first = {"flapping": False, "storm": False, **opened}
        self.recorder.record_once(INCIDENT, IncidentOpened, alarm=ALARM, **first)
        at = self.clock().timestamp()
        self.openings.put(Opening(incident_id=INCIDENT, alarms=(ALARM,), opened_at=at, **first))
        self.bundle = Bundle(
            incident_id=INCIDENT,
            round=1,
            taken_at=self.clock(),
            alarms=(ALARM,),
            onset=int(at),
            sources=sources,
            candidates=(ROLLBACK, RAISE, REDRIVE),
            second_fault=second_fault,
            spread=spread,
        )
        self.freeze(self.bundle.model_copy(update=dict(foreign or {})))

    def freeze(self, bundle: Bundle, **told: Any) -> None:
        """Store the bundle, and log it as this round's evidence."""
        key, self.digest = self.evidence.put_bundle(bundle)
        said = {
            "round": 1,
            "evidence": self.digest,
            "key": key,
            "sources": bundle.sources,
            "candidates": bundle.candidates,
            "second_fault": bundle.second_fault,
        }
        self.recorder.record_once(INCIDENT, EvidenceFrozen, **{**said, **told})

    def lift(self, seat: str) -> None:
        """Have a person lift the seat's suspension, as the API records it."""
        mark = self.controls.suspended()[seat].mark()
        self.control_log.append(lifted(seat, mark))

    def take_over(self) -> None:
        """Have a person take the incident over."""
        at = self.clock().timestamp()
        taken = TakenOver(incident_id=INCIDENT, by="ann", via="cli", reason="mine", at=at)
        self.approvals.take_over(taken)

    def consensus(self) -> Consensus:
        """Return a fresh environment of the function."""
        return Consensus(
            self.recorder,
            self.box,
            self.book,
            self.evidence,
            self.openings,
            self.approvals,
            self.suspensions,
            self.verifier,
            self.rules,
            self.control_log,
            self.clock,
            self.seats,
        )

    def vote(self, name: str, action: str | None, conf_bp: int = 9000, **changes: Any) -> None:
        """Put a ballot into the seat's table, signed by `signer`; `changes` to its vote, or `tier`,
        or its times. What was there is gone."""
        now = self.clock().timestamp()
        signer = changes.pop("signer", name)
        beside = {k: changes.pop(k) for k in ("tier", "started_at", "answered_at") if k in changes}
        fields = {
            "incident": INCIDENT,
            "round": 1,
            "evidence": self.digest,
            "seat": name,
            "action": action,
            "conf_bp": conf_bp if action else 0,
            "exp": int(now) + VOTE_LIFETIME_SECONDS,
            **changes,
        }
        ballot = Ballot.model_validate(
            {
                "vote": Vote.model_validate(fields),
                "tier": seat(name, self.seats).tiers[0].method,
                "opinion": Opinion(probabilities={}, reason="because"),
                "started_at": now - 2,
                "answered_at": now - 1,
                **beside,
            }
        )
        self.box._ballots[(name, INCIDENT, 1)] = ballot
        self.box._envelopes[(name, INCIDENT, 1)] = {}
        self.sign(name, ballot.vote, signer)

    def sign(self, name: str, vote: Vote, signer: str | None = None) -> str:
        """Put a signed vote into the seat's table, beside those that are there."""
        text = sealed(vote, signer or name)
        self.box._envelopes.setdefault((name, INCIDENT, 1), {})[vote.payload()] = text
        return text

    def all_vote(self, action: str, conf_bp: int = 9000, but: tuple[str, ...] = ()) -> None:
        """Have every seat vote for the action, but for those."""
        for row in self.seats:
            if row.name not in but:
                self.vote(row.name, action, conf_bp)

    def healthy(self, conf_bp: int = 9000) -> None:
        """Have both detection seats find the system healthy."""
        for name in DETECTION:
            self.vote(name, HEALTHY, conf_bp)

    def decide(self, seats: tuple[Mapping[str, Any], ...] = ()) -> DecisionMade:
        """Decide, and return the logged decision."""
        event = {"incident_id": INCIDENT, "round": 1, "seats": list(seats)}
        return self.consensus().decide(event).made
