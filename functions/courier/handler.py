"""Wiring of the courier: batches of what waits in the outbox, told at each channel's rate."""

import time
from datetime import timedelta
from typing import Any, Final

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from functions.courier.batch import letters
from functions.courier.courier import Courier, Drained
from functions.courier.letter import Reading
from functions.courier.sending import Sending
from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
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
from quorum.messaging import Channel, Ledger
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

ATTEMPTS: Final = 3
LAST_CALLS: Final = timedelta(seconds=45)
"""Left for what is sent once it is its turn, and for the facts."""


class CourierSettings(Settings):
    """What the stacks set. Each channel but mail has a secret."""

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
    local=settings.STAGE == LOCAL,
).make([*settings.ROUTES.channels, *settings.ROUTES.pages])
log = DynamoDBEventStore(table(settings.EVENTS_TABLE))
notifications = DynamoDBNotificationBook(table(settings.NOTIFICATIONS_TABLE))
files = Files(
    log,
    DynamoDBOpeningBook(table(settings.OPENINGS_TABLE), utc_now),
    DynamoDBClosingBook(table(settings.CLOSINGS_TABLE)),
    DynamoDBApprovalBook(table(settings.APPROVALS_TABLE)),
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
    Reading(files, settings.ROUTES, settings.CONSOLE_URL),
    Sending(settings.ROUTES, channels, utc_now),
    Ledger(Recorder(log, now=utc_now, new_id=new_id), notifications, utc_now),
    SqsDeadLetters(boto3.client("sqs", config=AWS_CONFIG), settings.DEAD_LETTER_QUEUE_URL),
)


@entry
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Return the ids of the messages that have to be delivered again."""
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    batch = letters(event)
    drained = courier.drain(batch.letters, utc_now() + left - LAST_CALLS)
    _count(drained)
    again = [*drained.again, *batch.unreadable]
    return {"batchItemFailures": [{"itemIdentifier": found} for found in dict.fromkeys(again)]}


def _count(drained: Drained) -> None:
    counts = {
        "MessagesSent": drained.told,
        "MessagesCoalesced": max(0, drained.told - drained.overtaken - drained.sends),
        "MessagesSuperseded": drained.overtaken,
        "MessagesUndeliverable": drained.undeliverable,
        "MessagesRefused": drained.refused,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if drained.undeliverable:
        logger.error("people were not told", messages=drained.undeliverable)
    if drained.refused:
        logger.error("the records bear messages not out", messages=drained.refused)
