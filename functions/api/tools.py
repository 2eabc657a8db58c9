"""What every route works with."""

from dataclasses import dataclass

from functions.api.callers import Callers
from functions.shared.domain.autonomy import Rule
from functions.shared.ports import (
    Answering,
    BallotBox,
    BreakerStore,
    Clock,
    ControlLog,
    EventStore,
    EvidenceStore,
    Memory,
    ReadModel,
    StopSwitch,
    Verifier,
)
from functions.shared.striking import Suspensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Ports and settings, wired once."""

    views: ReadModel
    store: EventStore
    evidence: EvidenceStore
    ballots: BallotBox
    breakers: BreakerStore
    stop: StopSwitch
    memory: Memory
    switched: ControlLog
    suspensions: Suspensions
    verifier: Verifier
    functions: Answering
    approval: str
    """The approval function's alias: it takes what people answer."""
    executor: str
    """The executor's alias: it undoes."""
    callers: Callers
    rules: tuple[Rule, ...]
    """What the deployment opted in."""
    now: Clock
