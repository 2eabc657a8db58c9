"""A deployed Quorum with an incident that waits for a person, and what an intruder does to it.

Each attack gets an incident of its own: a copy of the real one, with its alarm and its evidence, so
that whatever the intruder is after is there to be had. Only what is sent in is forged; what answers
is the deployed functions.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

from local.quorum import Quorum
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.signing.kms_signer import KmsSigner
from quorum.application.recorder import Recorder
from quorum.domain.base import OutsiderText
from quorum.domain.decisions import Decided
from quorum.domain.events import (
    ActionRefused,
    DecisionMade,
    EvidenceFrozen,
    IncidentEvent,
    IncidentOpened,
    VoteCast,
)
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.incident_records import Opening
from quorum.domain.seats import SEATS, seat
from quorum.domain.signed import signed_text
from quorum.domain.votes import Ballot, Opinion, Vote
from tests.builders.events import add
from tests.e2e.asked.intruder import Intruder

F = TypeVar("F", bound=IncidentEvent)
NAMES = tuple(seat.name for seat in SEATS)
LIFE_SECONDS = 600
FULL = 10_000
Sign = Callable[[bytes], bytes]


@dataclass
class Attacked:
    """The deployed stage; `incident` is the real one."""

    quorum: Quorum
    incident: str
    opened: list[str] = field(default_factory=list)
    """The incidents of the attacks."""
    evidence: dict[str, str] = field(default_factory=dict)
    """The digest of each one's evidence."""

    def __post_init__(self) -> None:
        self.intruder = Intruder(self.quorum)
        self.keys: Mapping[str, str] = self.quorum.seat_keys()
        self.frozen = self.fact(self.incident, EvidenceFrozen)
        bucket = self.quorum.output("EvidenceBucket")
        self.bundles = S3EvidenceStore(self.quorum.client("s3"), bucket)
        self.wanted = self._candidate("lambda.rollback_alias")

    def open(self, *more: Candidate) -> str:
        """Open an incident like the real one, with these candidates besides; return its id."""
        incident, log = uuid4().hex, self._log(self.quorum.store)
        alarm = self.fact(self.incident, IncidentOpened).alarm
        add(log, incident, IncidentOpened, alarm=alarm, flapping=False)
        openings = DynamoDBOpeningStore(self.quorum.table("openings"), lambda: datetime.now(UTC))
        opening = {"opened_at": time.time(), "flapping": False, "storm": False}
        openings.put(Opening(incident_id=incident, alarms=(alarm,), **opening))
        real = self.bundles.get_bundle(self.frozen.evidence)
        candidates = (*real.candidates, *more)
        changed = {"incident_id": incident, "candidates": candidates}
        key, self.evidence[incident] = self.bundles.put_bundle(real.model_copy(update=changed))
        add(
            log,
            incident,
            EvidenceFrozen,
            round=1,
            evidence=self.evidence[incident],
            key=key,
            sources=self.frozen.sources,
            candidates=candidates,
        )
        self.opened.append(incident)
        return incident

    def vote(self, incident: str, name: str, action: str | None = None, conf: int = FULL) -> Vote:
        """Return a vote that the seat would sign; by default for the intruder's action."""
        return Vote(
            incident=incident,
            round=1,
            evidence=self.evidence[incident],
            seat=name,
            action=action or self.wanted.id,
            conf_bp=conf,
            exp=int(time.time()) + LIFE_SECONDS,
        )

    def key_of(self, name: str) -> Sign:
        """Return signing as the seat does: with its own key, by its own role."""
        return KmsSigner(self.intruder.client(f"seat-{name}", "kms"), self.keys[name]).sign

    def signed(self, vote: Vote) -> str:
        """Return the vote signed by its seat."""
        return signed_text(vote, self.key_of(vote.seat)(vote.message()))

    def claim(self, vote: Vote) -> None:
        """Claim the vote in its seat's table, by its seat's role."""
        self._box(vote.seat).claim(_ballot(vote))

    def cast(self, vote: Vote, signed_vote: str) -> None:
        """Put the text where the seat keeps this signed vote, by its seat's role."""
        self._box(vote.seat).cast(vote, signed_vote)

    def speak(self, vote: Vote) -> str:
        """Claim, sign and cast, as an honest seat does; return the signed vote."""
        signed_vote = self.signed(vote)
        self.claim(vote)
        self.cast(vote, signed_vote)
        return signed_vote

    def decide(self, incident: str) -> DecisionMade:
        """Have consensus decide, as the state machine does."""
        self.quorum.invoke("consensus", {"incident_id": incident, "round": 1})
        return self.fact(incident, DecisionMade)

    def invent(
        self,
        incident: str,
        votes: Sequence[Vote],
        texts: Iterable[str],
        action: str | None = None,
    ) -> None:
        """Write a forged decision with consensus' role, in the decisions table and in the log."""
        decision = self.decision(incident, votes, texts, action)
        book = DynamoDBDecisionStore(self.intruder.table("consensus", "decisions"))
        book.decide(Decided(incident_id=incident, round=1, decision=decision))
        self.tell(incident, decision)

    def tell(self, incident: str, decision: Mapping[str, Any]) -> None:
        """Have consensus' role append the decision to the log."""
        store = DynamoDBEventStore(self.intruder.table("consensus", "events"))
        add(self._log(store), incident, DecisionMade, **decision)

    def execute(self, incident: str) -> str:
        """Have the executor act on the decision; return how that ended."""
        request = {"operation": "act", "incident_id": incident, "round": 1}
        return str(self.quorum.invoke("executor", request)["result"])

    def refused(self, incident: str) -> tuple[str, str]:
        """Have the executor act; return by which guard, and why, it did not."""
        assert self.execute(incident) == "refused"
        found = self.fact(incident, ActionRefused)
        assert not found.person_may
        return found.guard, found.reason

    def fact(self, incident: str, kind: type[F]) -> F:
        """Return the incident's newest event of this kind."""
        return [f for f in self.facts(incident) if isinstance(f, kind)][-1]

    def facts(self, incident: str) -> Sequence[IncidentEvent]:
        """Return the incident's events, oldest first."""
        return self.quorum.events(incident)

    def world(self) -> dict[str, dict[str, Scalar]]:
        """Return the settings of everything that some candidate would change."""
        resources = {candidate.resource for candidate in self.frozen.candidates}
        return {resource: self.quorum.settings(resource) for resource in sorted(resources)}

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until it holds."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "it never held"
            time.sleep(1)

    def decision(
        self,
        incident: str,
        votes: Sequence[Vote] = (),
        texts: Iterable[str] = (),
        action: str | None = None,
    ) -> dict[str, Any]:
        """Return the content of a decision for the intruder's action, or for another."""
        wanted = action or self.wanted.id
        return {
            "round": 1,
            "evidence": self.evidence[incident],
            "route": "execute",
            "action": wanted,
            "score_bp": FULL,
            "ranking": [[wanted, FULL]],
            "votes": [_vote_fields(vote) for vote in votes],
            "silent": [],
            "reason": "quorum",
            "level": None,
            "certificate": list(texts),
        }

    def _candidate(self, verb: str) -> Candidate:
        return next(c for c in self.frozen.candidates if c.verb == verb)

    def _box(self, name: str) -> DynamoDBBallotBox:
        return DynamoDBBallotBox(lambda s: self.intruder.table(f"seat-{name}", f"votes-{s}"))

    def _log(self, store: DynamoDBEventStore) -> Recorder:
        return Recorder(store, now=lambda: datetime.now(UTC), new_id=lambda: uuid4().hex)


def _ballot(vote: Vote) -> Ballot:
    now = time.time()
    return Ballot(
        vote=vote,
        tier=seat(vote.seat).tiers[-1].method,
        opinion=Opinion(probabilities={}, reason="because I say so"),
        started_at=now,
        answered_at=now,
    )


def _vote_fields(vote: Vote) -> dict[str, Any]:
    return VoteCast(
        seat=vote.seat,
        tier=seat(vote.seat).tiers[-1].method,
        action=vote.action,
        conf_bp=vote.conf_bp,
        reason=OutsiderText.of("because I say so"),
    ).model_dump(mode="json")
