"""Wiring of the closing function."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.closing.closing import Closing
from functions.closing.proof import EvidenceSources
from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.execution_ledger import DynamoDBExecutionLedger
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.dynamodb.verdict_store import DynamoDBVerdictStore
from quorum.application.recorder import Recorder
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class ClosingSettings(Settings):
    """Environment variables."""

    EVENTS_TABLE: str
    OPERATIONS_TABLE: str
    DECISIONS_TABLE: str
    EXECUTIONS_TABLE: str
    VERIFICATIONS_TABLE: str
    OPENINGS_TABLE: str
    CLOSINGS_TABLE: str
    APPROVALS_TABLE: str


settings = ClosingSettings.from_env()
table = tables(AWS_CONFIG)
closing = Closing(
    recorder=Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    sources=EvidenceSources(
        DynamoDBDecisionStore(table(settings.DECISIONS_TABLE)),
        DynamoDBExecutionLedger(table(settings.EXECUTIONS_TABLE), utc_now),
        DynamoDBVerdictStore(table(settings.VERIFICATIONS_TABLE)),
    ),
    openings=DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now),
    closings=DynamoDBClosingStore(table(settings.CLOSINGS_TABLE)),
    approvals=DynamoDBApprovalStore(table(settings.APPROVALS_TABLE)),
    operations=DynamoDBOperations(table(settings.OPERATIONS_TABLE), utc_now),
    now=utc_now,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Close the incident and return {"outcome"}; see `Closing.close` for the errors."""
    result = closing.close(event)
    metrics.add_metric(name=f"Closed_{result['outcome']}", unit=MetricUnit.Count, value=1)
    return dict(result)
