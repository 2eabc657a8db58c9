"""Wiring of the approval function. The task token goes into the table, and never into a log."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.approval.approvals import Approvals
from functions.shared.adapters.dynamodb_approval_book import DynamoDBApprovalBook
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.kms_signer import KmsSigner
from functions.shared.adapters.step_functions_task_tokens import StepFunctionsTaskTokens
from functions.shared.domain.errors import RefusedError
from functions.shared.recording import Recorder
from functions.shared.runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class ApprovalSettings(Settings):
    """What the stacks set."""

    EVENTS_TABLE: str
    APPROVALS_TABLE: str
    SIGNING_KEY: str
    APPROVAL_SECONDS: int


settings = ApprovalSettings.from_env()
table = tables(AWS_CONFIG)
approvals = Approvals(
    Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    DynamoDBApprovalBook(table(settings.APPROVALS_TABLE)),
    StepFunctionsTaskTokens(boto3.client("stepfunctions", config=AWS_CONFIG)),
    KmsSigner(boto3.client("kms", config=AWS_CONFIG), settings.SIGNING_KEY),
    utc_now,
    settings.APPROVAL_SECONDS,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return what the operation answers; see `Approvals.handle`."""
    try:
        result = approvals.handle(event)
    except RefusedError:
        metrics.add_metric(name="ApprovalAnswersRefused", unit=MetricUnit.Count, value=1)
        raise
    name = f"Approval_{result.get('answer', event['operation'])}"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    return result
