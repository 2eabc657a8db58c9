"""What every route works with."""

from dataclasses import dataclass

from functions.shared.domain.autonomy import Rule
from functions.shared.domain.people import People
from functions.shared.ports import (
    BallotBox,
    BreakerStore,
    Clock,
    EventStore,
    EvidenceStore,
    Memory,
    Operations,
    ReadModel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Ports and settings, wired once."""

    views: ReadModel
    store: EventStore
    evidence: EvidenceStore
    ballots: BallotBox
    breakers: BreakerStore
    operations: Operations
    memory: Memory
    people: People
    rules: tuple[Rule, ...]
    """What the deployment opted in."""
    now: Clock
