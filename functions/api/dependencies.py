"""The ports and settings that routes depend on."""

from dataclasses import dataclass

from functions.api.callers import Callers
from functions.api.console.aws_links import AwsConsole
from quorum.application.equivocation import Suspensions
from quorum.domain.autonomy import Rule
from quorum.ports.clock import Clock
from quorum.ports.execution import BreakerStore, StopSwitch
from quorum.ports.log import EventStore, EvidenceStore, PastIncidents, ReadModel
from quorum.ports.telemetry import CoverageStore
from quorum.ports.voting import BallotBox, ControlLog, Verifier
from quorum.ports.workflow import Answering


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDependencies:
    """Ports and settings, wired once per environment."""

    views: ReadModel
    store: EventStore
    evidence: EvidenceStore
    ballots: BallotBox
    breakers: BreakerStore
    coverage: CoverageStore
    stop: StopSwitch
    memory: PastIncidents
    control_log: ControlLog
    suspensions: Suspensions
    verifier: Verifier
    functions: Answering
    approval: str
    """Alias of the approval function: it records and signs people's answers."""
    executor: str
    """Alias of the executor: it undoes actions."""
    callers: Callers
    rules: tuple[Rule, ...]
    """The deployed opt-ins per action and resource."""
    aws: AwsConsole | None
    """The target of links into the AWS console; None on the laptop, which has no such console."""
    now: Clock
