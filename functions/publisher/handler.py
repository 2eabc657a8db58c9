"""The log's stream to Kinesis: only rows that were added are published."""

import time
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
from functions.shared.adapters.dynamodb_breaker_store import DynamoDBBreakerStore
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.kinesis_publisher import KinesisPublisher
from functions.shared.adapters.ses_notifier import SesNotifier
from functions.shared.adapters.sqs_dead_letters import SqsDeadLetters
from functions.shared.batches import process
from functions.shared.delivery import Outbox
from functions.shared.resilience import Breaker
from functions.shared.runtime import AWS_CONFIG, Settings, entry, logger, metrics, utc_now


class PublisherSettings(Settings):
    """No recipient, or no sender, means that no channel is configured: the metric has to do."""

    STREAM_NAME: str
    OPERATIONS_TABLE: str
    DEAD_LETTER_QUEUE_URL: str
    MAIL_FROM: str = ""
    MAIL_TO: tuple[str, ...] = ()


settings = PublisherSettings.from_env()
operations = tables(AWS_CONFIG)(settings.OPERATIONS_TABLE)
stream = KinesisPublisher(boto3.client("kinesis", config=AWS_CONFIG), settings.STREAM_NAME)
notifier = SesNotifier(
    boto3.client("sesv2", config=AWS_CONFIG), settings.MAIL_FROM, settings.MAIL_TO
)
outbox = Outbox(
    notifier if settings.MAIL_FROM and settings.MAIL_TO else None,
    Breaker("email", DynamoDBBreakerStore(operations), now=utc_now),
    DynamoDBOperations(operations, utc_now),
    SqsDeadLetters(boto3.client("sqs", config=AWS_CONFIG), settings.DEAD_LETTER_QUEUE_URL),
    now=utc_now,
    sleep=time.sleep,
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
    report_tampering(record.event_name.name if record.event_name else "", keys, outbox)


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.DynamoDBStreams, handle)
