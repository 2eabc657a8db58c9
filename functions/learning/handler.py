"""Wiring of learning: a stream of events in; memories, known problems and suspensions out."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.learning.equivocation_review import EquivocationReview
from functions.learning.learn import learn, study
from functions.learning.reputation import ReputationReview
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.configured_memory import (
    MemoryChoice,
    configured_embedder,
    configured_memory,
)
from quorum.adapters.dynamodb.control_log import DynamoDBControlLog
from quorum.adapters.dynamodb.controls import DynamoDBControls
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.occurrences import DynamoDBOccurrences
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.signing.kms_verifier import KmsVerifier
from quorum.application.equivocation import Suspensions
from quorum.application.knowledge import KnowledgeUpdater
from quorum.runtime.lambda_runtime import AWS_CONFIG, Settings, entry, logger, metrics, utc_now
from quorum.runtime.stream_batches import process


class LearningSettings(Settings):
    """Tables of events, memories and suspensions, the evidence bucket, and the seats' keys."""

    EVENTS_TABLE: str
    EVIDENCE_BUCKET: str
    MEMORY_TABLE: str
    CONTROLS_TABLE: str
    OVERRIDES_TABLE: str
    SEAT_KEYS: dict[str, str]
    KNOWLEDGE_TABLE: str
    MEMORY: str
    MEMORY_ENDPOINT: str
    EMBEDDING_MODEL: str
    EMBEDDING_DIMENSIONS: int
    EMBEDDING_REGION: str


settings = LearningSettings.from_env()
table = tables(AWS_CONFIG)
store = DynamoDBEventStore(table(settings.EVENTS_TABLE))
memory = DynamoDBMemory(table(settings.MEMORY_TABLE))
suspensions = Suspensions(
    DynamoDBControls(table(settings.CONTROLS_TABLE)),
    DynamoDBControlLog(table(settings.OVERRIDES_TABLE)),
)
reputation = ReputationReview(memory, suspensions, utc_now)
equivocations = EquivocationReview(
    store,
    suspensions,
    KmsVerifier(boto3.client("kms", config=AWS_CONFIG), settings.SEAT_KEYS),
    utc_now,
)
evidence = S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET)

chosen = MemoryChoice(
    settings.MEMORY,
    settings.KNOWLEDGE_TABLE,
    settings.MEMORY_ENDPOINT,
    settings.EMBEDDING_MODEL,
    settings.EMBEDDING_DIMENSIONS,
    settings.EMBEDDING_REGION,
)
SECONDS = 10.0
"""A request that finds a collection asleep wakes it up and fails: the record comes again."""
searched = configured_memory(chosen, AWS_CONFIG, utc_now, SECONDS)
knowledge = (
    KnowledgeUpdater(
        searched,
        configured_embedder(chosen, AWS_CONFIG),
        DynamoDBOccurrences(table(settings.KNOWLEDGE_TABLE)),
    )
    if searched
    else None
)


def handle(record: KinesisStreamRecord) -> None:
    """Suspend equivocating seats; remember a closed incident and review its wrong seats.

    What may wait for a model comes last: a record that fails there is delivered again, and the rest
    is done.
    """
    for seat in equivocations.review(record.kinesis.data_as_bytes()):
        logger.warning("seat suspended: it signed two votes", seat=seat)
        metrics.add_metric(name="SeatsEquivocated", unit=MetricUnit.Count, value=1)
    remembered = learn(record.kinesis.data_as_bytes(), store, evidence, memory)
    unreliable = reputation.review(remembered.seats) if remembered else []
    if unreliable:
        logger.warning("seats suspended for their track record", seats=unreliable)
    metrics.add_metric(
        name="IncidentsRemembered", unit=MetricUnit.Count, value=int(bool(remembered))
    )
    metrics.add_metric(name="SeatsSuspended", unit=MetricUnit.Count, value=len(unreliable))
    if knowledge is not None:
        learned = study(record.kinesis.data_as_bytes(), store, evidence, knowledge)
        metrics.add_metric(name="KnowledgeUpdates", unit=MetricUnit.Count, value=int(learned))


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the sequence numbers of the records that failed."""
    return process(event, context, EventType.KinesisDataStreams, handle)
