"""One round to decide, and the consensus function."""

from collections.abc import Mapping
from typing import Any, Final

from functions.consensus.decide import Consensus
from quorum.application.equivocation import Suspensions
from quorum.domain.autonomy import Rule
from quorum.domain.constants import VOTE_LIFETIME_SECONDS
from quorum.domain.events import DecisionMade
from quorum.domain.evidence import Bundle, Source, Spread, Vanished
from quorum.domain.seats import SEATS, Seat, seat
from quorum.domain.votes import HEALTHY, Vote
from tests.builders.bundles import bundle
from tests.builders.candidates import RAISE, REDRIVE, ROLLBACK
from tests.builders.events import INCIDENT
from tests.builders.incidents import IncidentStores
from tests.builders.people import lifted
from tests.builders.votes import ballot, vote
from tests.fakes.control_log import InMemoryControlLog
from tests.fakes.controls import InMemoryControls
from tests.fakes.signing import InMemoryVerifier, sealed

DETECTION: Final = ("detection-statistical", "detection-signature")
ALL_OK: Final = (Source(name="metrics", status="ok"), Source(name="logs", status="ok"))
AUTONOMOUS: Final = tuple(
    Rule(verb=c.verb, resources=("*",), mode="autonomous") for c in (ROLLBACK, RAISE, REDRIVE)
)


class Round(IncidentStores):
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
        vanished: tuple[Vanished, ...] = (),
        **opened: Any,
    ) -> None:
        super().__init__()
        self.controls, self.verifier = InMemoryControls(), InMemoryVerifier()
        self.control_log = InMemoryControlLog()
        self.suspensions = Suspensions(self.controls, self.control_log)
        self.rules, self.seats = rules, seats
        self.write_opening(**opened)
        self.bundle = bundle(
            sources=sources,
            candidates=(ROLLBACK, RAISE, REDRIVE),
            second_fault=second_fault,
            spread=spread,
            vanished=vanished,
        )
        self.freeze(self.bundle.model_copy(update=dict(foreign or {})))

    def freeze(self, bundle: Bundle, **fields: Any) -> None:
        """Store the bundle, and log it as this round's evidence."""
        self.digest = self.write_evidence(bundle, **{"round": 1, **fields}).evidence

    def lift(self, seat: str) -> None:
        """Have a person lift the seat's suspension, as the API records it."""
        mark = self.controls.suspended()[seat].mark()
        self.control_log.append(lifted(seat, mark))

    def consensus(self) -> Consensus:
        """Return a fresh environment of the function."""
        return Consensus(
            self.recorder,
            self.ballots,
            self.decisions,
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
        fields = {"evidence": self.digest, "exp": int(now) + VOTE_LIFETIME_SECONDS, **changes}
        made = vote(name, action, conf_bp if action else 0, **fields)
        method = seat(name, self.seats).tiers[0].method
        given = {"tier": method, "started_at": now - 2, "answered_at": now - 1, **beside}
        cast = ballot(made, **given)
        self.ballots._ballots[(name, INCIDENT, 1)] = cast
        self.ballots._envelopes[(name, INCIDENT, 1)] = {}
        self.sign(name, made, signer)

    def sign(self, name: str, vote: Vote, signer: str | None = None) -> str:
        """Put a signed vote into the seat's table, beside those that are there."""
        text = sealed(vote, signer or name)
        self.ballots._envelopes.setdefault((name, INCIDENT, 1), {})[vote.payload()] = text
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
