"""In-memory implementations of every port, true to its documented errors."""

from tests.fakes.actuator import InMemoryActuator
from tests.fakes.approval_store import InMemoryApprovalStore
from tests.fakes.ballot_box import InMemoryBallotBox
from tests.fakes.breaker_store import InMemoryBreakerStore
from tests.fakes.channels import (
    InMemoryClaims,
    InMemoryDeadLetters,
    InMemoryExecutionStarter,
    InMemoryNotifier,
    InMemoryOutboxQueue,
    InMemoryPublisher,
    InMemoryTaskTokens,
)
from tests.fakes.clock import START, CountingIds, FakeClock
from tests.fakes.controls import InMemoryControls
from tests.fakes.decision_store import InMemoryDecisionStore
from tests.fakes.event_store import InMemoryEventStore, LostResponses, StaleReads
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.fakes.execution_ledger import InMemoryExecutionLedger
from tests.fakes.incident_books import (
    InMemoryClosingStore,
    InMemoryOpeningStore,
    InMemoryStopSwitch,
    InMemoryVerdictStore,
)
from tests.fakes.language_model import InMemoryLanguageModel
from tests.fakes.memory import InMemoryMemory
from tests.fakes.notification_store import InMemoryNotificationStore
from tests.fakes.operations import InMemoryOperations
from tests.fakes.read_model import InMemoryReadModel
from tests.fakes.request_turns import InMemoryRequestTurns
from tests.fakes.signing import InMemorySigner, InMemoryVerifier, sealed
from tests.fakes.snapshot_store import InMemorySnapshotStore
from tests.fakes.sources import (
    InMemoryAlarmSource,
    InMemoryEdgeStore,
    InMemoryLogSource,
    InMemoryMetricSource,
    InMemoryRollouts,
    InMemoryStateSource,
    InMemoryTopologySource,
    OneByOne,
)
from tests.fakes.stream_mapping import StreamMapping, sequence_of
from tests.fakes.tokens import InMemoryTokens

__all__ = [
    "START",
    "CountingIds",
    "FakeClock",
    "InMemoryActuator",
    "InMemoryAlarmSource",
    "InMemoryApprovalStore",
    "InMemoryBallotBox",
    "InMemoryBreakerStore",
    "InMemoryClaims",
    "InMemoryClosingStore",
    "InMemoryControls",
    "InMemoryDeadLetters",
    "InMemoryDecisionStore",
    "InMemoryEdgeStore",
    "InMemoryEventStore",
    "InMemoryEvidenceStore",
    "InMemoryExecutionLedger",
    "InMemoryExecutionStarter",
    "InMemoryLanguageModel",
    "InMemoryLogSource",
    "InMemoryMemory",
    "InMemoryMetricSource",
    "InMemoryNotificationStore",
    "InMemoryNotifier",
    "InMemoryOpeningStore",
    "InMemoryOperations",
    "InMemoryOutboxQueue",
    "InMemoryPublisher",
    "InMemoryReadModel",
    "InMemoryRequestTurns",
    "InMemoryRollouts",
    "InMemorySigner",
    "InMemorySnapshotStore",
    "InMemoryStateSource",
    "InMemoryStopSwitch",
    "InMemoryTaskTokens",
    "InMemoryTokens",
    "InMemoryTopologySource",
    "InMemoryVerdictStore",
    "InMemoryVerifier",
    "LostResponses",
    "OneByOne",
    "StaleReads",
    "StreamMapping",
    "sealed",
    "sequence_of",
]
