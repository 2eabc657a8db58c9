"""Tell people: opened, decision, approval wanted, resolved, dismissed, escalated."""

import time
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.communication.tell import tell
from functions.shared.adapters.dynamodb_breaker_store import DynamoDBBreakerStore
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.ses_notifier import SesNotifier
from functions.shared.adapters.sqs_dead_letters import SqsDeadLetters
from functions.shared.delivery import Outbox
from functions.shared.recording import Recorder
from functions.shared.resilience import Breaker
from functions.shared.runtime import (
    AWS_CONFIG,
    Settings,
    entry,
    logger,
    metrics,
    new_id,
    utc_now,
)


class CommunicationSettings(Settings):
    """No recipient, or no sender, means that no channel is configured."""

    EVENTS_TABLE: str
    OPERATIONS_TABLE: str
    DEAD_LETTER_QUEUE_URL: str
    MAIL_FROM: str = ""
    MAIL_TO: tuple[str, ...] = ()


# One attempt and no long wait: a message that may have been sent is not sent again at once, and
# there has to be time left to keep it with the dead letters.
ONCE = AWS_CONFIG.merge(
    Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 1})
)

settings = CommunicationSettings.from_env()
table = tables(AWS_CONFIG)
operations_table = table(settings.OPERATIONS_TABLE)
recorder = Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id)
notifier = SesNotifier(boto3.client("sesv2", config=ONCE), settings.MAIL_FROM, settings.MAIL_TO)
outbox = Outbox(
    notifier if settings.MAIL_FROM and settings.MAIL_TO else None,
    Breaker("email", DynamoDBBreakerStore(operations_table), now=utc_now),
    DynamoDBOperations(operations_table, utc_now),
    SqsDeadLetters(boto3.client("sqs", config=AWS_CONFIG), settings.DEAD_LETTER_QUEUE_URL),
    now=utc_now,
    sleep=time.sleep,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return whether people know: {"sent": bool}."""
    answer = tell(event, recorder, outbox)
    name = "MessagesSent" if answer.sent else "MessagesFailed"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    if not answer.sent:
        logger.warning("people were not told", reason=answer.reason)
    return {"sent": answer.sent}
