"""Wiring of the approval function. The task token is stored in the table and never logged."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from urllib3 import PoolManager

from functions.approval.approvals import Approvals
from functions.approval.authentication import Authenticator
from functions.approval.trusted_records import TrustedRecords
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.channels.channel_secrets import secrets, slack_app
from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.signing.jwt_tokens import JwtTokens
from quorum.adapters.signing.kms_signer import KmsSigner
from quorum.adapters.workflow.step_functions_task_tokens import StepFunctionsTaskTokens
from quorum.application.recorder import Recorder
from quorum.domain.errors import RefusedError
from quorum.domain.people import People
from quorum.domain.token_claims import Audience
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class ApprovalSettings(Settings):
    """Environment variables."""

    EVENTS_TABLE: str
    APPROVALS_TABLE: str
    DECISIONS_TABLE: str
    CLOSINGS_TABLE: str
    EXECUTIONS_TABLE: str
    EVIDENCE_BUCKET: str
    SIGNING_KEY: str
    APPROVAL_SECONDS: int
    PEOPLE: People
    CHANNEL_SECRETS: dict[str, str]
    TOKEN_ISSUER: str
    TOKEN_CLIENT: str


settings = ApprovalSettings.from_env()
table = tables(AWS_CONFIG)
slack = settings.CHANNEL_SECRETS.get("slack")
approvals = Approvals(
    Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    TrustedRecords(
        DynamoDBDecisionStore(table(settings.DECISIONS_TABLE)),
        S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET),
        DynamoDBClosingStore(table(settings.CLOSINGS_TABLE)),
        DynamoDBExecutionLedger(table(settings.EXECUTIONS_TABLE), utc_now),
    ),
    Authenticator(
        settings.PEOPLE,
        JwtTokens(settings.TOKEN_ISSUER, PoolManager(), utc_now),
        Audience(settings.TOKEN_ISSUER, settings.TOKEN_CLIENT),
        slack_app(secrets(AWS_CONFIG), slack) if slack else None,
        utc_now,
    ),
    DynamoDBApprovalStore(table(settings.APPROVALS_TABLE)),
    StepFunctionsTaskTokens(boto3.client("stepfunctions", config=AWS_CONFIG)),
    KmsSigner(boto3.client("kms", config=AWS_CONFIG), settings.SIGNING_KEY),
    utc_now,
    settings.APPROVAL_SECONDS,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Run the operation; see `Approvals.handle` for its result and errors."""
    try:
        result = approvals.handle(event)
    except RefusedError:
        metrics.add_metric(name="ApprovalAnswersRefused", unit=MetricUnit.Count, value=1)
        raise
    name = f"Approval_{result.get('answer', event['operation'])}"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    return result
