"""Publication of the event log's table stream to Kinesis: added rows only."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.publisher.publish import publish, report_tampering
from quorum.adapters.aws.kinesis_publisher import KinesisPublisher
from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
from quorum.adapters.aws.sqs_outbox import SqsOutbox
from quorum.domain.notification_routes import Routes
from quorum.messaging import Outbox
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, logger, metrics
from quorum.runtime.stream_batches import process


class PublisherSettings(Settings):
    """Environment variables. Without a channel in the routes the metric alone reports tampering."""

    STREAM_NAME: str
    OUTBOX_QUEUE_URL: str
    DEAD_LETTER_QUEUE_URL: str
    ROUTES: Routes


settings = PublisherSettings.from_env()
stream = KinesisPublisher(boto3.client("kinesis", config=AWS_CONFIG), settings.STREAM_NAME)
sqs = boto3.client("sqs", config=AWS_CONFIG)
outbox = Outbox(
    settings.ROUTES,
    SqsOutbox(sqs, settings.OUTBOX_QUEUE_URL),
    SqsDeadLetters(sqs, settings.DEAD_LETTER_QUEUE_URL),
)


def handle(record: DynamoDBRecord) -> None:
    """Publish an added row; report a changed or removed one."""
    change = record.dynamodb
    if record.event_name is DynamoDBRecordEventName.INSERT:
        publish((change and change.new_image) or {}, stream)
        metrics.add_metric(name="EventsPublished", unit=MetricUnit.Count, value=1)
        return
    keys = (change and change.keys) or {}
    metrics.add_metric(name="HistoryTampered", unit=MetricUnit.Count, value=1)
    logger.critical("event log tampered with", change=record.event_name, keys=keys)
    report_tampering(keys, outbox)


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.DynamoDBStreams, handle)
