"""Wiring of verification: one check of the incident's alarms and affected traffic per call."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.verification.judgement import RecoveryDeadline
from functions.verification.verify import Verification
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.dynamodb.verdict_store import DynamoDBVerdictStore
from quorum.adapters.resource_state.ecs_rollouts import EcsRollouts
from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.adapters.telemetry.cloudwatch_metrics import CloudWatchMetrics
from quorum.adapters.topology.ssm_topology import SsmTopology
from quorum.application.counted_metrics import CountedMetrics
from quorum.application.recorder import Recorder
from quorum.application.requests import parse_command
from quorum.domain.commands import VerifyRecovery
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class VerificationSettings(Settings):
    """Environment variables; RECOVERY_WINDOWS in evaluation windows, the cap in seconds."""

    EVENTS_TABLE: str
    DECISIONS_TABLE: str
    EXECUTIONS_TABLE: str
    VERIFICATIONS_TABLE: str
    OPENINGS_TABLE: str
    EVIDENCE_BUCKET: str
    SERVICE_MAP_PARAMETER: str
    RECOVERY_WINDOWS: int = 6
    RECOVERY_CAP_SECONDS: int = 3000


settings = VerificationSettings.from_env()
cloudwatch = boto3.client("cloudwatch", config=AWS_CONFIG)
counted = CountedMetrics(CloudWatchMetrics(cloudwatch))
table = tables(AWS_CONFIG)
verification = Verification(
    recorder=Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    evidence=S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
    decisions=DynamoDBDecisionStore(table(settings.DECISIONS_TABLE)),
    ledger=DynamoDBExecutionLedger(table(settings.EXECUTIONS_TABLE), utc_now),
    verdicts=DynamoDBVerdictStore(table(settings.VERIFICATIONS_TABLE)),
    openings=DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now),
    alarms=CloudWatchAlarms(cloudwatch),
    metrics=counted,
    metrics_requested=counted.take,
    topology=SsmTopology(boto3.client("ssm", config=AWS_CONFIG), settings.SERVICE_MAP_PARAMETER),
    rollouts=EcsRollouts(boto3.client("ecs", config=AWS_CONFIG)),
    deadline=RecoveryDeadline(settings.RECOVERY_WINDOWS, settings.RECOVERY_CAP_SECONDS),
    now=utc_now,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Check the recovery and return {"verdict"}; see `Verification.check` for the errors."""
    verdict = verification.check(parse_command(VerifyRecovery, event))
    metrics.add_metric(name=f"Verified_{verdict}", unit=MetricUnit.Count, value=1)
    return {"verdict": verdict}
