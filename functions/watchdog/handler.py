"""Wiring of the watchdog: a scheduled sweep, and each execution that failed, at once."""

from collections import Counter
from datetime import timedelta
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.watchdog.findings import Ended
from functions.watchdog.request import SOURCE, failed_execution
from functions.watchdog.watchdog import Watchdog
from functions.watchdog.watched import Records
from quorum.adapters.aws.lambda_functions import LambdaFunctions
from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
from quorum.adapters.aws.sqs_outbox import SqsOutbox
from quorum.adapters.dynamodb.claims import DynamoDBClaims
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.decision_store import DynamoDBDecisionStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.table import tables
from quorum.adapters.workflow.step_functions_executions import StepFunctionsExecutions
from quorum.adapters.workflow.step_functions_starter import StepFunctionsStarter
from quorum.application.recorder import Recorder
from quorum.domain.commands import CloseIncident
from quorum.domain.notification_routes import Routes
from quorum.messaging import Outbox
from quorum.runtime.lambda_runtime import (
    AWS_CONFIG,
    Settings,
    entry,
    logger,
    metrics,
    new_id,
    utc_now,
)


class WatchdogSettings(Settings):
    """Environment variables. Alerts go to the courier, which has the channels."""

    EVENTS_TABLE: str
    OPENINGS_TABLE: str
    CLOSINGS_TABLE: str
    DECISIONS_TABLE: str
    OPERATIONS_TABLE: str
    STATE_MACHINE_ARN: str
    CLOSING_ARN: str
    OUTBOX_QUEUE_URL: str
    DEAD_LETTER_QUEUE_URL: str
    ROUTES: Routes
    LONGEST_RUN_SECONDS: int = 86_400


settings = WatchdogSettings.from_env()
table = tables(AWS_CONFIG)
log = DynamoDBEventStore(table(settings.EVENTS_TABLE))
step_functions = boto3.client("stepfunctions", config=AWS_CONFIG)
functions = LambdaFunctions(boto3.client("lambda", config=AWS_CONFIG))
sqs = boto3.client("sqs", config=AWS_CONFIG)


def close(incident_id: str, reason: Ended) -> None:
    """Close the incident as escalated through the closing function, the only one that may."""
    command = CloseIncident(incident_id=incident_id, outcome="escalated", reason=reason)
    functions.ask(settings.CLOSING_ARN, command.payload())


watchdog = Watchdog(
    Recorder(log, now=utc_now, new_id=new_id),
    Records(
        log,
        DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now),
        DynamoDBClosingStore(table(settings.CLOSINGS_TABLE)),
        DynamoDBDecisionStore(table(settings.DECISIONS_TABLE)),
        DynamoDBClaims(table(settings.OPERATIONS_TABLE)),
    ),
    StepFunctionsExecutions(step_functions, settings.STATE_MACHINE_ARN),
    StepFunctionsStarter(step_functions, settings.STATE_MACHINE_ARN),
    close,
    Outbox(
        settings.ROUTES,
        SqsOutbox(sqs, settings.OUTBOX_QUEUE_URL),
        SqsDeadLetters(sqs, settings.DEAD_LETTER_QUEUE_URL),
    ),
    utc_now,
    timedelta(seconds=settings.LONGEST_RUN_SECONDS),
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return the number of findings of each kind."""
    metrics.add_metric(name="WatchdogRuns", unit=MetricUnit.Count, value=1)
    found = _ended(event) if event.get("source") == SOURCE else dict(watchdog.sweep())
    for finding, count in found.items():
        metrics.add_metric(name=f"Watchdog_{finding}", unit=MetricUnit.Count, value=count)
    return found


def _ended(event: dict[str, Any]) -> dict[str, int]:
    incident_id = failed_execution(event, settings.STATE_MACHINE_ARN)
    if incident_id is None:
        return {}
    logger.append_keys(incident_id=incident_id)
    return dict(Counter[str](watchdog.execution_ended(incident_id)))
