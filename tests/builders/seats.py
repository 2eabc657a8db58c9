"""A seat with its stores in memory, and an incident whose evidence is frozen."""

from datetime import timedelta
from typing import Any

from quorum.application.recorder import Recorder
from quorum.domain.events import EvidenceFrozen, IncidentOpened
from quorum.domain.evidence import Bundle
from quorum.domain.votes import Opinion
from quorum.ports.log import EventStore, EvidenceStore
from quorum.seats.seat import Deps, SeatVoter
from tests.builders.events import add
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.clock import CountingIds, FakeClock
from tests.fakes.event_store import InMemoryEventStore
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.fakes.signing import InMemorySigner, InMemoryVerifier

SEAT = "detection-statistical"


def freeze(store: EventStore, evidence: EvidenceStore, bundle: Bundle) -> EvidenceFrozen:
    """Open the incident if need be, and freeze the bundle as its round's evidence."""
    recorder = Recorder(store, now=FakeClock(), new_id=CountingIds(f"round-{bundle.round}"))
    opened = {"alarm": bundle.alarms[0], "flapping": False}
    recorder.record_once(bundle.incident_id, IncidentOpened, **opened)
    key, digest = evidence.put_bundle(bundle)
    return add(
        recorder,
        bundle.incident_id,
        EvidenceFrozen,
        round=bundle.round,
        evidence=digest,
        key=key,
        sources=bundle.sources,
        candidates=bundle.candidates,
    )


class Table:
    """One seat; its method returns the test's `opinion` and counts its calls."""

    def __init__(self, bundle: Bundle, opinion: Opinion | None = None) -> None:
        self.bundle = bundle
        self.opinion = opinion or Opinion(probabilities={}, reason="nothing")
        self.thoughts = 0
        self.store, self.evidence = InMemoryEventStore(), InMemoryEvidenceStore()
        self.box, self.clock = InMemoryBallotBox(), FakeClock()
        self.signer = InMemorySigner(SEAT)
        self.frozen = freeze(self.store, self.evidence, bundle)
        self.seating = SeatVoter(
            seat=SEAT,
            methods={"robust-z": self.think, "threshold": self.think},
            store=self.store,
            evidence=self.evidence,
            box=self.box,
            signer=self.signer,
            verifier=InMemoryVerifier(),
            now=self.clock,
        )

    def think(self, bundle: Bundle, _deps: Deps) -> Opinion:
        """Take two seconds."""
        assert bundle == self.bundle
        self.thoughts += 1
        self.clock.advance(timedelta(seconds=2).total_seconds())
        return self.opinion

    def request(self, **fields: Any) -> dict[str, Any]:
        """Return what the state machine sends."""
        asked = {"incident_id": self.bundle.incident_id, "round": 1, "seat": SEAT}
        return {**asked, "tier": "robust-z", "skipped": {}, **fields}
