"""Kinesis to the memory: how incidents ended."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.learning.learn import learn
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_memory import DynamoDBMemory
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.s3_evidence_store import S3EvidenceStore
from functions.shared.batches import process
from functions.shared.runtime import AWS_CONFIG, Settings, entry, metrics


class LearningSettings(Settings):
    """The log, its evidence, and the memory."""

    EVENTS_TABLE: str
    EVIDENCE_BUCKET: str
    MEMORY_TABLE: str


settings = LearningSettings.from_env()
table = tables(AWS_CONFIG)
store = DynamoDBEventStore(table(settings.EVENTS_TABLE))
memory = DynamoDBMemory(table(settings.MEMORY_TABLE))
evidence = S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET)


def handle(record: KinesisStreamRecord) -> None:
    """Remember one incident, if it has ended."""
    ended = learn(record.kinesis.data_as_bytes(), store, evidence, memory)
    metrics.add_metric(name="IncidentsRemembered", unit=MetricUnit.Count, value=int(ended))


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.KinesisDataStreams, handle)
