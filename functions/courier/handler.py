"""Wiring of the courier, which delivers the outbox's queue at each channel's rate."""

import time
from datetime import timedelta
from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.courier.courier import Courier, Drained
from functions.courier.queued_messages import MessageReader, parse
from functions.courier.sending import LegSender
from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
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
from quorum.messaging import Channel, DeliveryLog
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

ATTEMPTS: Final = 3
LAST_CALLS: Final = timedelta(seconds=45)
"""Reserved for the last sends, and for recording their results."""


class CourierSettings(Settings):
    """Environment variables. Each channel but e-mail has a secret."""

    STAGE: str
    EVENTS_TABLE: str
    OPENINGS_TABLE: str
    CLOSINGS_TABLE: str
    APPROVALS_TABLE: str
    NOTIFICATIONS_TABLE: str
    OPERATIONS_TABLE: str
    DEAD_LETTER_QUEUE_URL: str
    ROUTES: Routes
    CHANNEL_SECRETS: dict[str, str]
    MAIL_FROM: str = ""
    MAIL_TO: tuple[str, ...] = ()
    CONSOLE_URL: str = ""


settings = CourierSettings.from_env()
local = settings.STAGE == LOCAL
table = tables(AWS_CONFIG)
operations_table = table(settings.OPERATIONS_TABLE)
once = AWS_CONFIG.merge(Config(read_timeout=8, retries={"total_max_attempts": 1}))
notifiers = ChannelMaker(
    settings.MAIL_FROM,
    settings.MAIL_TO,
    settings.CHANNEL_SECRETS,
    once,
    utc_now,
    attempts=ATTEMPTS,
    local=local,
).make([*settings.ROUTES.channels, *settings.ROUTES.pages])
log = DynamoDBEventStore(table(settings.EVENTS_TABLE))
notifications = DynamoDBNotificationStore(table(settings.NOTIFICATIONS_TABLE))
contexts = ContextReader(
    log,
    DynamoDBOpeningStore(table(settings.OPENINGS_TABLE), utc_now),
    DynamoDBClosingStore(table(settings.CLOSINGS_TABLE)),
    DynamoDBApprovalStore(table(settings.APPROVALS_TABLE)),
    notifications,
)
channels = {
    name: Channel(
        notifier,
        Breaker(name, DynamoDBBreakerStore(operations_table), now=utc_now),
        DynamoDBOperations(operations_table, utc_now),
        now=utc_now,
        sleep=time.sleep,
    )
    for name, notifier in notifiers.items()
}
courier = Courier(
    MessageReader(contexts, settings.ROUTES, Site(settings.CONSOLE_URL, laptop=local)),
    LegSender(settings.ROUTES, channels, utc_now),
    DeliveryLog(Recorder(log, now=utc_now, new_id=new_id), notifications, utc_now),
    SqsDeadLetters(boto3.client("sqs", config=AWS_CONFIG), settings.DEAD_LETTER_QUEUE_URL),
)


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return the ids of the messages that the queue has to deliver again."""
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    batch = parse(event)
    drained = courier.drain(batch.messages, utc_now() + left - LAST_CALLS)
    _count(drained)
    again = [*drained.again, *batch.unreadable]
    return {"batchItemFailures": [{"itemIdentifier": found} for found in dict.fromkeys(again)]}


def _count(drained: Drained) -> None:
    counts = {
        "MessagesSent": drained.delivered,
        "MessagesCoalesced": max(0, drained.delivered - drained.superseded - drained.sends),
        "MessagesSuperseded": drained.superseded,
        "MessagesUndeliverable": drained.undeliverable,
        "MessagesRefused": drained.refused,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if drained.undeliverable:
        logger.error("notifications are undeliverable", messages=drained.undeliverable)
    if drained.refused:
        logger.error("messages without matching records refused", messages=drained.refused)
