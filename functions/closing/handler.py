"""Wiring of the closing function."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.closing.closing import end
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.recording import Recorder
from functions.shared.runtime import AWS_CONFIG, Settings, entry, metrics, new_id, utc_now


class ClosingSettings(Settings):
    """What the stacks set."""

    EVENTS_TABLE: str
    OPERATIONS_TABLE: str


settings = ClosingSettings.from_env()
table = tables(AWS_CONFIG)
recorder = Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id)
operations = DynamoDBOperations(table(settings.OPERATIONS_TABLE), utc_now)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return {"outcome"}; see `end` for the errors."""
    answer = end(event, recorder, operations)
    metrics.add_metric(name=f"Closed_{answer['outcome']}", unit=MetricUnit.Count, value=1)
    return dict(answer)
