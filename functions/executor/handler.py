"""Wiring of the executor: act, undo, settle. It has no permission to change resources itself."""

import time
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.executor.aws_actuators import AwsActuators
from functions.executor.cloudformation_deployments import CloudFormationDeployments
from functions.executor.dependencies import ExecutorDependencies, Place
from functions.executor.operations import answer
from functions.executor.session import READ_CONFIG, VerbSessions
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.stop_switch import DynamoDBStopSwitch
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.dynamodb.verdict_store import DynamoDBVerdictStore
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.application.equivocation import Suspensions
from quorum.application.recorder import Recorder
from quorum.application.requests import parse_command
from quorum.domain.autonomy import Rule
from quorum.domain.commands import Execute
from quorum.domain.grants import APPROVER
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class ExecutorSettings(Settings):
    """Environment variables. Without a matching rule in AUTONOMY a verb runs in shadow mode."""

    EVENTS_TABLE: str
    VOTES_TABLE_PREFIX: str
    DECISIONS_TABLE: str
    APPROVALS_TABLE: str
    EXECUTIONS_TABLE: str
    OPENINGS_TABLE: str
    CLOSINGS_TABLE: str
    VERIFICATIONS_TABLE: str
    STOP_TABLE: str
    OPERATIONS_TABLE: str
    CONTROLS_TABLE: str
    OVERRIDES_TABLE: str
    SEAT_KEYS: dict[str, str]
    APPROVAL_KEY: str
    EVIDENCE_BUCKET: str
    VERB_ROLE_PREFIX: str
    ACCOUNT: str
    REGION: str
    PARTITION: str
    AUTONOMY: tuple[Rule, ...] = ()


settings = ExecutorSettings.from_env()
place = Place(account=settings.ACCOUNT, region=settings.REGION, partition=settings.PARTITION)
table = tables(AWS_CONFIG)
control_log = DynamoDBControlLog(table(settings.OVERRIDES_TABLE))
deps = ExecutorDependencies(
    recorder=Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    evidence=S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
    decisions=DynamoDBDecisionStore(table(settings.DECISIONS_TABLE)),
    ballots=DynamoDBBallotBox(lambda seat: table(settings.VOTES_TABLE_PREFIX + seat)),
    approvals=DynamoDBApprovalStore(table(settings.APPROVALS_TABLE)),
    openings=DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now),
    closings=DynamoDBClosingStore(table(settings.CLOSINGS_TABLE)),
    verdicts=DynamoDBVerdictStore(table(settings.VERIFICATIONS_TABLE)),
    stop=DynamoDBStopSwitch(table(settings.STOP_TABLE), table(settings.OPERATIONS_TABLE)),
    suspensions=Suspensions(DynamoDBControls(table(settings.CONTROLS_TABLE)), control_log),
    verifier=KmsVerifier(
        boto3.client("kms", config=AWS_CONFIG),
        {**settings.SEAT_KEYS, APPROVER: settings.APPROVAL_KEY},
    ),
    ledger=DynamoDBExecutionLedger(table(settings.EXECUTIONS_TABLE), utc_now),
    alarms=CloudWatchAlarms(boto3.client("cloudwatch", config=READ_CONFIG)),
    deployments=CloudFormationDeployments(boto3.client("cloudformation", config=READ_CONFIG)),
    actuators=AwsActuators(
        VerbSessions(boto3.client("sts", config=READ_CONFIG), settings.VERB_ROLE_PREFIX, place)
    ),
    rules=settings.AUTONOMY,
    control_log=control_log,
    place=place,
    now=utc_now,
    new_id=new_id,
    sleep=time.sleep,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Run the operation; see `operations.answer`."""
    command = parse_command(Execute, event)
    answered = answer(deps, command)
    name = f"{command.operation.capitalize()}_{answered['result']}"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    return dict(answered)
