"""Dependencies of the executor's operations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.executor.ports import Actuators, Deployments
from quorum.application.equivocation import Suspensions
from quorum.application.recorder import Recorder
from quorum.domain.autonomy import Rule
from quorum.domain.incident import Incident, replay
from quorum.ports.approvals import ApprovalStore
from quorum.ports.clock import Clock, NewId
from quorum.ports.execution import ExecutionLedger, StopSwitch, VerdictStore
from quorum.ports.log import ClosingStore, EvidenceStore, OpeningStore
from quorum.ports.telemetry import AlarmSource
from quorum.ports.voting import BallotBox, ControlLog, DecisionStore, Verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The only account and region in which resources may be changed."""

    account: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorDependencies:
    """Ports and settings, wired once."""

    recorder: Recorder
    evidence: EvidenceStore
    decisions: DecisionStore
    ballots: BallotBox
    approvals: ApprovalStore
    openings: OpeningStore
    closings: ClosingStore
    verdicts: VerdictStore
    stop: StopSwitch
    suspensions: Suspensions
    verifier: Verifier
    ledger: ExecutionLedger
    alarms: AlarmSource
    deployments: Deployments
    actuators: Actuators
    rules: tuple[Rule, ...]
    control_log: ControlLog
    place: Place
    now: Clock
    new_id: NewId
    sleep: Callable[[float], None]

    def load(self, incident_id: str) -> Incident:
        """Return the incident. Raises InvalidHistoryError if its log is inconsistent."""
        return replay(self.recorder.store.load(incident_id))

    def in_seconds(self, seconds: float) -> datetime:
        """Return the time `seconds` from now."""
        return self.now() + timedelta(seconds=seconds)
