"""Wiring of the consensus function: a round's ids in, its route out."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.consensus.decide import Consensus
from functions.shared.adapters.dynamodb_approval_book import DynamoDBApprovalBook
from functions.shared.adapters.dynamodb_ballot_box import DynamoDBBallotBox
from functions.shared.adapters.dynamodb_control_log import DynamoDBControlLog
from functions.shared.adapters.dynamodb_controls import DynamoDBControls
from functions.shared.adapters.dynamodb_decision_book import DynamoDBDecisionBook
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_opening_book import DynamoDBOpeningBook
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.kms_verifier import KmsVerifier
from functions.shared.adapters.s3_evidence_store import S3EvidenceStore
from functions.shared.domain.autonomy import Rule
from functions.shared.recording import Recorder
from functions.shared.runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now
from functions.shared.striking import Suspensions


class ConsensusSettings(Settings):
    """What the stacks set."""

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
switched = DynamoDBControlLog(table(settings.OVERRIDES_TABLE))
consensus = Consensus(
    Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    DynamoDBBallotBox(lambda seat: table(settings.VOTES_TABLE_PREFIX + seat)),
    DynamoDBDecisionBook(table(settings.DECISIONS_TABLE)),
    S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
    DynamoDBOpeningBook(table(settings.OPENINGS_TABLE), utc_now),
    DynamoDBApprovalBook(table(settings.APPROVALS_TABLE)),
    Suspensions(DynamoDBControls(table(settings.CONTROLS_TABLE)), switched),
    KmsVerifier(boto3.client("kms", config=AWS_CONFIG), settings.SEAT_KEYS),
    settings.AUTONOMY,
    switched,
    utc_now,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return {"route"}; see `Consensus.decide` for the errors."""
    made, late = consensus.decide(event)
    metrics.add_metric(name=f"Decided_{made.route}", unit=MetricUnit.Count, value=1)
    for timing in late:
        over = "Maximum" if timing.seconds > timing.maximum else "Target"
        metrics.add_metric(name=f"Role{over}Exceeded", unit=MetricUnit.Count, value=1)
    return {"route": made.route}
