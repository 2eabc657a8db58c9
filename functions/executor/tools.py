"""What every operation of the executor works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.executor.ports import Actuators, Deployments
from functions.shared.domain.autonomy import Rule
from functions.shared.domain.incident import Incident, replay
from functions.shared.ports import (
    AlarmSource,
    ApprovalBook,
    BallotBox,
    Clock,
    ClosingBook,
    ControlLog,
    DecisionBook,
    EvidenceStore,
    ExecutionLedger,
    NewId,
    OpeningBook,
    StopSwitch,
    VerdictBook,
    Verifier,
)
from functions.shared.recording import Recorder
from functions.shared.striking import Suspensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The one account and region whose resources may be touched."""

    account: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Ports and settings, wired once."""

    recorder: Recorder
    evidence: EvidenceStore
    decisions: DecisionBook
    ballots: BallotBox
    approvals: ApprovalBook
    openings: OpeningBook
    closings: ClosingBook
    verdicts: VerdictBook
    stop: StopSwitch
    suspensions: Suspensions
    verifier: Verifier
    ledger: ExecutionLedger
    alarms: AlarmSource
    deployments: Deployments
    actuators: Actuators
    rules: tuple[Rule, ...]
    switched: ControlLog
    place: Place
    now: Clock
    new_id: NewId
    sleep: Callable[[float], None]

    def load(self, incident_id: str) -> Incident:
        """Return the incident. Raises InvalidHistoryError when its log cannot be."""
        return replay(self.recorder.store.load(incident_id))

    def in_seconds(self, seconds: float) -> datetime:
        """Return the time that many seconds from now."""
        return self.now() + timedelta(seconds=seconds)
