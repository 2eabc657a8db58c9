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
from functions.shared.adapters.configured_channels import ChannelMaker
from functions.shared.adapters.dynamodb_breaker_store import DynamoDBBreakerStore
from functions.shared.adapters.dynamodb_event_store import DynamoDBEventStore
from functions.shared.adapters.dynamodb_operations import DynamoDBOperations
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.adapters.sqs_dead_letters import SqsDeadLetters
from functions.shared.delivery import Channel
from functions.shared.domain.routes import Routes
from functions.shared.recording import Recorder
from functions.shared.resilience import Breaker
from functions.shared.runtime import AWS_CONFIG, Settings, entry, logger, metrics, new_id, utc_now

ATTEMPTS: Final = 3
LAST_CALLS: Final = timedelta(seconds=45)
"""Left for what is sent once it is its turn, and for the facts."""


class CourierSettings(Settings):
    """What the stacks set. Each channel but mail has a secret."""

    EVENTS_TABLE: str
    OPERATIONS_TABLE: str
    DEAD_LETTER_QUEUE_URL: str
    ROUTES: Routes
    CHANNEL_SECRETS: dict[str, str]
    MAIL_FROM: str = ""
    MAIL_TO: tuple[str, ...] = ()


settings = CourierSettings.from_env()
table = tables(AWS_CONFIG)
operations_table = table(settings.OPERATIONS_TABLE)
once = AWS_CONFIG.merge(Config(read_timeout=8, retries={"total_max_attempts": 1}))
notifiers = ChannelMaker(
    settings.MAIL_FROM, settings.MAIL_TO, settings.CHANNEL_SECRETS, once, utc_now, ATTEMPTS
).make([*settings.ROUTES.channels, *settings.ROUTES.pages])
courier = Courier(
    Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    settings.ROUTES,
    {
        name: Channel(
            notifier,
            Breaker(name, DynamoDBBreakerStore(operations_table), now=utc_now),
            DynamoDBOperations(operations_table, utc_now),
            now=utc_now,
            sleep=time.sleep,
        )
        for name, notifier in notifiers.items()
    },
    SqsDeadLetters(boto3.client("sqs", config=AWS_CONFIG), settings.DEAD_LETTER_QUEUE_URL),
    utc_now,
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
        "MessagesOvertaken": drained.overtaken,
        "MessagesUndeliverable": drained.undeliverable,
    }
    for name, value in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if drained.undeliverable:
        logger.error("people were not told", messages=drained.undeliverable)
