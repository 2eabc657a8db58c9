"""The log's stream to Kinesis: only rows that were added are published."""

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
    """Without a channel in the routes nobody is told: the metric has to do."""

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
    """Publish one row, or report that it was tampered with."""
    change = record.dynamodb
    if record.event_name is DynamoDBRecordEventName.INSERT:
        publish((change and change.new_image) or {}, stream)
        metrics.add_metric(name="EventsPublished", unit=MetricUnit.Count, value=1)
        return
    keys = (change and change.keys) or {}
    metrics.add_metric(name="HistoryTampered", unit=MetricUnit.Count, value=1)
    logger.critical("the log was tampered with", change=record.event_name, keys=keys)
    report_tampering(keys, outbox)


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.DynamoDBStreams, handle)
