"""Tell people: opened, decision, approval wanted, resolved, dismissed, escalated."""

import time
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.communication.tell import Desk
from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
from quorum.adapters.aws.sqs_outbox import SqsOutbox
from quorum.adapters.channels.configured_channels import LOCAL, ChannelMaker
from quorum.adapters.dynamodb.approval_book import DynamoDBApprovalBook
from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.adapters.dynamodb.closing_book import DynamoDBClosingBook
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.notification_book import DynamoDBNotificationBook
from quorum.adapters.dynamodb.opening_book import DynamoDBOpeningBook
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.adapters.dynamodb.table import tables
from quorum.application.circuit_breaker import Breaker
from quorum.application.recorder import Recorder
from quorum.domain.notification_routes import Routes
from quorum.messaging import Channel, Ledger, Outbox
from quorum.messaging.content import Files
from quorum.runtime.lambda_runtime import (
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
