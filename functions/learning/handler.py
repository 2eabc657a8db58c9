"""Kinesis to the memory: how incidents ended, and what that says of the seats."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.learning.learn import learn
from functions.learning.reputation import Reputation
from functions.shared.adapters.dynamodb_controls import DynamoDBControls
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_memory import DynamoDBMemory
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.s3_evidence_store import S3EvidenceStore
from functions.shared.batches import process
from functions.shared.runtime import AWS_CONFIG, Settings, entry, logger, metrics, utc_now


class LearningSettings(Settings):
    """The log, its evidence, the memory, and where seats are suspended."""

    EVENTS_TABLE: str
    EVIDENCE_BUCKET: str
    MEMORY_TABLE: str
    CONTROLS_TABLE: str


settings = LearningSettings.from_env()
table = tables(AWS_CONFIG)
store = DynamoDBEventStore(table(settings.EVENTS_TABLE))
memory = DynamoDBMemory(table(settings.MEMORY_TABLE))
reputation = Reputation(memory, DynamoDBControls(table(settings.CONTROLS_TABLE)), utc_now)
evidence = S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET)


def handle(record: KinesisStreamRecord) -> None:
    """Remember one incident, if it has ended, and look at the seats that were wrong in it."""
    ended = learn(record.kinesis.data_as_bytes(), store, evidence, memory)
    bad = reputation.review(ended.seats) if ended else []
    if bad:
        logger.warning("seats were suspended for their record", seats=bad)
    metrics.add_metric(name="IncidentsRemembered", unit=MetricUnit.Count, value=int(bool(ended)))
    metrics.add_metric(name="SeatsOfBadRecord", unit=MetricUnit.Count, value=len(bad))


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.KinesisDataStreams, handle)
