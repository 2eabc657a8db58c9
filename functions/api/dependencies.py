"""What every route works with."""

from dataclasses import dataclass

from functions.api.callers import Callers
from quorum.application.equivocation import Suspensions
from quorum.domain.autonomy import Rule
from quorum.ports.clock import Clock
from quorum.ports.execution import BreakerStore, StopSwitch
from quorum.ports.log import EventStore, EvidenceStore, Memory, ReadModel
from quorum.ports.voting import BallotBox, ControlLog, Verifier
from quorum.ports.workflow import Answering


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
