"""Wiring of the closing function."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.closing.closing import Closing
from functions.closing.proof import Books
from functions.shared.adapters.dynamodb_approval_book import DynamoDBApprovalBook
from functions.shared.adapters.dynamodb_closing_book import DynamoDBClosingBook
from functions.shared.adapters.dynamodb_decision_book import DynamoDBDecisionBook
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_execution_ledger import DynamoDBExecutionLedger
from functions.shared.adapters.dynamodb_opening_book import DynamoDBOpeningBook
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.dynamodb_verdict_book import DynamoDBVerdictBook
from functions.shared.recording import Recorder
from functions.shared.runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class ClosingSettings(Settings):
    """What the stacks set."""

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
    books=Books(
        DynamoDBDecisionBook(table(settings.DECISIONS_TABLE)),
        DynamoDBExecutionLedger(table(settings.EXECUTIONS_TABLE), utc_now),
        DynamoDBVerdictBook(table(settings.VERIFICATIONS_TABLE)),
    ),
    openings=DynamoDBOpeningBook(table(settings.OPENINGS_TABLE), utc_now),
    closings=DynamoDBClosingBook(table(settings.CLOSINGS_TABLE)),
    approvals=DynamoDBApprovalBook(table(settings.APPROVALS_TABLE)),
    operations=DynamoDBOperations(table(settings.OPERATIONS_TABLE), utc_now),
    now=utc_now,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return {"outcome"}; see `Closing.end` for the errors."""
    answer = closing.end(event)
    metrics.add_metric(name=f"Closed_{answer['outcome']}", unit=MetricUnit.Count, value=1)
    return dict(answer)
