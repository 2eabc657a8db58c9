"""Wiring of the function that notifies people of an incident's state."""

import time
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.communication.notify import IncidentNotifier
from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
from quorum.adapters.aws.sqs_outbox import SqsOutbox
from quorum.adapters.channels.configured_channels import LOCAL, ChannelMaker
from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.breaker_store import DynamoDBBreakerStore
from quorum.adapters.dynamodb.closing_store import DynamoDBClosingStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.notification_store import DynamoDBNotificationStore
from quorum.adapters.dynamodb.opening_store import DynamoDBOpeningStore
from quorum.adapters.dynamodb.operations import DynamoDBOperations
from quorum.adapters.dynamodb.table import tables
from quorum.application.circuit_breaker import Breaker
from quorum.application.recorder import Recorder
from quorum.domain.notification_routes import Routes
from quorum.messaging import Channel, DeliveryLog, Outbox
from quorum.messaging.content import ContextReader, Site
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
    """Environment variables. Each channel but e-mail has a secret."""

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
# there has to be time left to queue it in the outbox.
ONCE = AWS_CONFIG.merge(
    Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 1})
)

settings = CommunicationSettings.from_env()
local = settings.STAGE == LOCAL
table = tables(AWS_CONFIG)
operations_table = table(settings.OPERATIONS_TABLE)
log = DynamoDBEventStore(table(settings.EVENTS_TABLE))
notifications = DynamoDBNotificationStore(table(settings.NOTIFICATIONS_TABLE))
firsts = ChannelMaker(
    settings.MAIL_FROM,
    settings.MAIL_TO,
    settings.CHANNEL_SECRETS,
    ONCE,
    utc_now,
    attempts=1,
    local=local,
).make([*settings.ROUTES.channels[:1], *settings.ROUTES.pages[:1]])
sqs = boto3.client("sqs", config=AWS_CONFIG)
outbox = Outbox(
    settings.ROUTES,
    SqsOutbox(sqs, settings.OUTBOX_QUEUE_URL),
    SqsDeadLetters(sqs, settings.DEAD_LETTER_QUEUE_URL),
    {
        name: Channel(
            first,
            Breaker(name, DynamoDBBreakerStore(operations_table), now=utc_now),
            DynamoDBOperations(operations_table, utc_now),
            now=utc_now,
            sleep=time.sleep,
        )
        for name, first in firsts.items()
    },
)

notifier = IncidentNotifier(
    ContextReader(
        log,
        DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now),
        DynamoDBClosingStore(table(settings.CLOSINGS_TABLE)),
        DynamoDBApprovalStore(table(settings.APPROVALS_TABLE)),
        notifications,
    ),
    DeliveryLog(Recorder(log, now=utc_now, new_id=new_id), notifications, utc_now),
    outbox,
    Site(settings.CONSOLE_URL, laptop=local),
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return {"sent": bool}: whether the message was sent or queued on every leg."""
    result = notifier.notify(event)
    name = "MessagesSent" if result.sent else "MessagesFailed"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    if not result.sent:
        logger.warning("notification failed", reason=result.reason)
    return {"sent": result.sent}
