"""Wiring of the watchdog: its schedule sweeps, an execution that ended badly is handled at once."""

import time
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.shared.adapters.dynamodb_breaker_store import DynamoDBBreakerStore
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.ses_notifier import SesNotifier
from functions.shared.adapters.sqs_dead_letters import SqsDeadLetters
from functions.shared.adapters.step_functions_executions import StepFunctionsExecutions
from functions.shared.adapters.step_functions_starter import StepFunctionsStarter
from functions.shared.delivery import Outbox
from functions.shared.recording import Recorder
from functions.shared.resilience import Breaker
from functions.shared.runtime import AWS_CONFIG, Settings, entry, logger, metrics, new_id, utc_now
from functions.watchdog.request import SOURCE, death
from functions.watchdog.watchdog import Watchdog


class WatchdogSettings(Settings):
    """What the stacks set. No recipient, or no sender, means that no channel is configured."""

    EVENTS_TABLE: str
    OPERATIONS_TABLE: str
    STATE_MACHINE_ARN: str
    DEAD_LETTER_QUEUE_URL: str
    MAIL_FROM: str = ""
    MAIL_TO: tuple[str, ...] = ()


settings = WatchdogSettings.from_env()
table = tables(AWS_CONFIG)
step_functions = boto3.client("stepfunctions", config=AWS_CONFIG)
operations_table = table(settings.OPERATIONS_TABLE)
operations = DynamoDBOperations(operations_table, utc_now)
notifier = SesNotifier(
    boto3.client("sesv2", config=AWS_CONFIG), settings.MAIL_FROM, settings.MAIL_TO
)
outbox = Outbox(
    notifier if settings.MAIL_FROM and settings.MAIL_TO else None,
    Breaker("email", DynamoDBBreakerStore(operations_table), now=utc_now),
    operations,
    SqsDeadLetters(boto3.client("sqs", config=AWS_CONFIG), settings.DEAD_LETTER_QUEUE_URL),
    now=utc_now,
    sleep=time.sleep,
)
watchdog = Watchdog(
    Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    operations,
    StepFunctionsExecutions(step_functions, settings.STATE_MACHINE_ARN),
    StepFunctionsStarter(step_functions, settings.STATE_MACHINE_ARN),
    outbox,
    utc_now,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return what was found, counted."""
    metrics.add_metric(name="WatchdogRuns", unit=MetricUnit.Count, value=1)
    found = _ended(event) if event.get("source") == SOURCE else dict(watchdog.sweep())
    for finding, count in found.items():
        metrics.add_metric(name=f"Watchdog_{finding}", unit=MetricUnit.Count, value=count)
    return found


def _ended(event: dict[str, Any]) -> dict[str, int]:
    died = death(event, settings.STATE_MACHINE_ARN)
    if died is None:
        return {}
    logger.append_keys(incident_id=died.incident_id)
    known = watchdog.execution_ended(died.incident_id, died.finding)
    return {died.finding: 1} if known else {}
