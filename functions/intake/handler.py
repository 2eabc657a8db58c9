"""Wiring of intake: a batch of the alarm queue in; the messages to deliver again out."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.intake.alarm_context import AlarmContext
from functions.intake.confirmation import Confirmation, PrefetchedAlarms
from functions.intake.correlation import Correlator
from functions.intake.gate import Gate
from functions.intake.intake import Intake
from functions.intake.open_keys import EndedIncidents, OpenKeys
from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.adapters.topology.ssm_topology import SsmTopology
from quorum.adapters.workflow.step_functions_starter import StepFunctionsStarter
from quorum.application.recorder import Recorder
from quorum.runtime.lambda_runtime import (
    AWS_CONFIG,
    Settings,
    entry,
    logger,
    metrics,
    new_id,
    utc_now,
)


class IntakeSettings(Settings):
    """Environment variables. ALARM_PREFIXES and ALARM_TAGS opt alarms in."""

    EVENTS_TABLE: str
    OPERATIONS_TABLE: str
    OPENINGS_TABLE: str
    CLOSINGS_TABLE: str
    STATE_MACHINE_ARN: str
    SERVICE_MAP_PARAMETER: str
    DEAD_LETTER_QUEUE_URL: str
    ALARM_PREFIXES: tuple[str, ...]
    ALARM_TAGS: dict[str, str]
    OWN_PREFIX: str
    ACCOUNT: str
    REGION: str


def count(name: str) -> None:
    """Add 1 to the named metric."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)


settings = IntakeSettings.from_env()
table = tables(AWS_CONFIG)
store = DynamoDBEventStore(table(settings.EVENTS_TABLE))
operations = DynamoDBOperations(table(settings.OPERATIONS_TABLE), utc_now)
recorder = Recorder(store, now=utc_now, new_id=new_id)
cloudwatch = CloudWatchAlarms(boto3.client("cloudwatch", config=AWS_CONFIG))
alarms = PrefetchedAlarms(cloudwatch)
alarm_context = AlarmContext(
    SsmTopology(boto3.client("ssm", config=AWS_CONFIG), settings.SERVICE_MAP_PARAMETER),
    alarms,
    utc_now,
    count,
)
openings = DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now)
closings = DynamoDBClosingStore(table(settings.CLOSINGS_TABLE), table(settings.OPERATIONS_TABLE))
ended = EndedIncidents(openings, closings)
intake = Intake(
    Gate(
        settings.ACCOUNT,
        settings.REGION,
        settings.ALARM_PREFIXES,
        settings.OWN_PREFIX,
        settings.ALARM_TAGS,
        cloudwatch.tags,
    ),
    Confirmation(alarms, utc_now),
    Correlator(
        OpenKeys(store, operations, ended, utc_now),
        alarm_context,
        recorder,
        operations,
        openings,
        closings,
        ended,
        StepFunctionsStarter(
            boto3.client("stepfunctions", config=AWS_CONFIG), settings.STATE_MACHINE_ARN
        ),
        utc_now,
    ),
    recorder,
    operations,
    SqsDeadLetters(boto3.client("sqs", config=AWS_CONFIG), settings.DEAD_LETTER_QUEUE_URL),
)
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def handle_message(record: SQSRecord) -> None:
    """Handle one message; an error makes the queue deliver it again."""
    try:
        result = intake.handle(record.body)
    except Exception:
        logger.exception(
            "alarm message failed: it will be delivered again", message_id=record.message_id
        )
        count("AlarmsFailed")
        raise
    logger.info("alarm", **result._asdict(), message_id=record.message_id)
    count(f"Alarms_{result.verdict}")


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Return the messages to deliver again."""
    alarms.prefetch(record["body"] for record in event["Records"])
    return process_partial_response(event, handle_message, processor, context)
