"""Tell people: opened, decision, approval wanted, resolved, dismissed, escalated."""

import time
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.communication.tell import Desk
from functions.shared.adapters.configured_channels import LOCAL, ChannelMaker
from functions.shared.adapters.dynamodb_approval_book import DynamoDBApprovalBook
from functions.shared.adapters.dynamodb_breaker_store import DynamoDBBreakerStore
from functions.shared.adapters.dynamodb_closing_book import DynamoDBClosingBook
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_notification_book import DynamoDBNotificationBook
from functions.shared.adapters.dynamodb_opening_book import DynamoDBOpeningBook
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.sqs_dead_letters import SqsDeadLetters
from functions.shared.adapters.sqs_outbox import SqsOutbox
from functions.shared.delivery import Channel, Ledger, Outbox
from functions.shared.domain.routes import Routes
from functions.shared.letters import Files
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
    """What the stacks set. Each channel but mail has a secret."""

    STAGE: str
    EVENTS_TABLE: str
    OPENINGS_TABLE: str
    CLOSINGS_TABLE: str
    APPROVALS_TABLE: str
    NOTIFICATIONS_TABLE: str
    OPERATIONS_TABLE: str
    OUTBOX_QUEUE_URL: str
    DEAD_LETTER_QUEUE_URL: str
    ROUTES: Routes
    CHANNEL_SECRETS: dict[str, str]
    MAIL_FROM: str = ""
    MAIL_TO: tuple[str, ...] = ()
    CONSOLE_URL: str = ""


# One attempt and no long wait: a message that may have been sent is not sent again at once, and
# there has to be time left to have it wait in the outbox.
ONCE = AWS_CONFIG.merge(
    Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 1})
)

settings = CommunicationSettings.from_env()
table = tables(AWS_CONFIG)
operations_table = table(settings.OPERATIONS_TABLE)
log = DynamoDBEventStore(table(settings.EVENTS_TABLE))
notifications = DynamoDBNotificationBook(table(settings.NOTIFICATIONS_TABLE))
firsts = ChannelMaker(
    settings.MAIL_FROM,
    settings.MAIL_TO,
    settings.CHANNEL_SECRETS,
    ONCE,
    utc_now,
    attempts=1,
    local=settings.STAGE == LOCAL,
).make([*settings.ROUTES.channels[:1], *settings.ROUTES.pages[:1]])
sqs = boto3.client("sqs", config=AWS_CONFIG)
outbox = Outbox(
    settings.ROUTES,
    SqsOutbox(sqs, settings.OUTBOX_QUEUE_URL),
    SqsDeadLetters(sqs, settings.DEAD_LETTER_QUEUE_URL),
    {
        name: Channel(
            notifier,
            Breaker(name, DynamoDBBreakerStore(operations_table), now=utc_now),
            DynamoDBOperations(operations_table, utc_now),
            now=utc_now,
            sleep=time.sleep,
        )
        for name, notifier in firsts.items()
    },
)

desk = Desk(
    Files(
        log,
        DynamoDBOpeningBook(table(settings.OPENINGS_TABLE), utc_now),
        DynamoDBClosingBook(table(settings.CLOSINGS_TABLE)),
        DynamoDBApprovalBook(table(settings.APPROVALS_TABLE)),
        notifications,
    ),
    Ledger(Recorder(log, now=utc_now, new_id=new_id), notifications, utc_now),
    outbox,
    settings.CONSOLE_URL,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return whether people know: {"sent": bool}."""
    answer = desk.tell(event)
    name = "MessagesSent" if answer.sent else "MessagesFailed"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    if not answer.sent:
        logger.warning("people were not told", reason=answer.reason)
    return {"sent": answer.sent}
