"""Wiring of the consensus function: a round's ids in, its route out."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.consensus.decide import Consensus
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.application.equivocation import Suspensions
from quorum.application.recorder import Recorder
from quorum.domain.autonomy import Rule
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class ConsensusSettings(Settings):
    """Environment variables."""

    EVENTS_TABLE: str
    VOTES_TABLE_PREFIX: str
    DECISIONS_TABLE: str
    EVIDENCE_BUCKET: str
    OPENINGS_TABLE: str
    APPROVALS_TABLE: str
    CONTROLS_TABLE: str
    OVERRIDES_TABLE: str
    SEAT_KEYS: dict[str, str]
    AUTONOMY: tuple[Rule, ...]


settings = ConsensusSettings.from_env()
table = tables(AWS_CONFIG)
control_log = DynamoDBControlLog(table(settings.OVERRIDES_TABLE))
consensus = Consensus(
    Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    DynamoDBBallotBox(lambda seat: table(settings.VOTES_TABLE_PREFIX + seat)),
    DynamoDBDecisionStore(table(settings.DECISIONS_TABLE)),
    S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
    DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now),
    DynamoDBApprovalStore(table(settings.APPROVALS_TABLE)),
    Suspensions(DynamoDBControls(table(settings.CONTROLS_TABLE)), control_log),
    KmsVerifier(boto3.client("kms", config=AWS_CONFIG), settings.SEAT_KEYS),
    settings.AUTONOMY,
    control_log,
    utc_now,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Decide the round and return `ConsensusAnswer`; see `Consensus.decide` for the errors."""
    result = consensus.decide(event)
    decision, late = result
    metrics.add_metric(name=f"Decided_{decision.route}", unit=MetricUnit.Count, value=1)
    for timing in late:
        over = "Maximum" if timing.seconds > timing.maximum else "Target"
        metrics.add_metric(name=f"Role{over}Exceeded", unit=MetricUnit.Count, value=1)
    return dict(result.answer)
