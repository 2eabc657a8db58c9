"""Projection of the event stream to the read model: one row per incident, by status."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.projection.project import project
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.adapters.dynamodb.table import tables
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, metrics
from quorum.runtime.stream_batches import process


class ProjectionSettings(Settings):
    """Environment variables: the log and the read model."""

    EVENTS_TABLE: str
    VIEW_TABLE: str


settings = ProjectionSettings.from_env()
table = tables(AWS_CONFIG)
store = DynamoDBEventStore(table(settings.EVENTS_TABLE))
model = DynamoDBReadModel(table(settings.VIEW_TABLE))


def handle(record: KinesisStreamRecord) -> None:
    """Bring one incident's row to the head of its log."""
    changed = project(record.kinesis.data_as_bytes(), store, model)
    metrics.add_metric(name="RowsProjected", unit=MetricUnit.Count, value=int(changed))


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.KinesisDataStreams, handle)
