"""Kinesis to the memory: how incidents ended, and what that says of the seats."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.learning.learn import learn
from functions.learning.reputation import Reputation
from functions.learning.struck import Struck
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.application.equivocation import Suspensions
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, logger, metrics, utc_now
from quorum.runtime.stream_batches import process


class LearningSettings(Settings):
    """The log, its evidence, the memory, and where seats are suspended."""

    EVENTS_TABLE: str
    EVIDENCE_BUCKET: str
    MEMORY_TABLE: str
    CONTROLS_TABLE: str
    OVERRIDES_TABLE: str
    SEAT_KEYS: dict[str, str]


settings = LearningSettings.from_env()
table = tables(AWS_CONFIG)
store = DynamoDBEventStore(table(settings.EVENTS_TABLE))
memory = DynamoDBMemory(table(settings.MEMORY_TABLE))
suspensions = Suspensions(
    DynamoDBControls(table(settings.CONTROLS_TABLE)),
    DynamoDBControlLog(table(settings.OVERRIDES_TABLE)),
)
reputation = Reputation(memory, suspensions, utc_now)
struck = Struck(
    store,
    suspensions,
    KmsVerifier(boto3.client("kms", config=AWS_CONFIG), settings.SEAT_KEYS),
    utc_now,
)
evidence = S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET)


def handle(record: KinesisStreamRecord) -> None:
    """Suspend the seats that contradicted themselves in one incident, and if it has ended, remember
    it, and look at the seats that were wrong in it."""
    for seat in struck.review(record.kinesis.data_as_bytes()):
        logger.warning("a seat was suspended: it signed two votes", seat=seat)
        metrics.add_metric(name="SeatsEquivocated", unit=MetricUnit.Count, value=1)
    ended = learn(record.kinesis.data_as_bytes(), store, evidence, memory)
    bad = reputation.review(ended.seats) if ended else []
    if bad:
        logger.warning("seats were suspended for their record", seats=bad)
    metrics.add_metric(name="IncidentsRemembered", unit=MetricUnit.Count, value=int(bool(ended)))
    metrics.add_metric(name="SeatsSuspended", unit=MetricUnit.Count, value=len(bad))


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.KinesisDataStreams, handle)
