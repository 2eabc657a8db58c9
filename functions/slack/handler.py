"""Wiring of Slack's webhook: it answers within three seconds and calls itself for the work."""

from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.slack.interactions import InteractionHandler, InteractionReply
from functions.slack.queued_interaction import QueuedInteraction
from functions.slack.webhook import SlackWebhook
from quorum.adapters.aws.lambda_functions import LambdaFunctions
from quorum.adapters.channels.channel_secrets import SlackSecret, reader, secrets, slack_app
from quorum.adapters.channels.configured_channels import LOCAL, pinned
from quorum.adapters.channels.http_posting import Poster
from quorum.adapters.channels.outbound_addresses import pool
from quorum.adapters.channels.slack_replies import SlackReplies
from quorum.adapters.dynamodb.claims import DynamoDBClaims
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.table import tables
from quorum.application.recorder import Recorder
from quorum.domain.errors import InvalidInputError
from quorum.domain.people import People
from quorum.runtime.lambda_runtime import (
    AWS_CONFIG,
    Settings,
    entry,
    logger,
    metrics,
    new_id,
    utc_now,
)


class SlackSettings(Settings):
    """Environment variables. Without a secret every request is refused."""

    STAGE: str
    EVENTS_TABLE: str
    OPERATIONS_TABLE: str
    CHANNEL_SECRETS: dict[str, str]
    PEOPLE: People
    APPROVAL_ARN: str
    SLACK_ARN: str


settings = SlackSettings.from_env()
table = tables(AWS_CONFIG)
functions = LambdaFunctions(boto3.client("lambda", config=AWS_CONFIG))
local = settings.STAGE == LOCAL
kept, secret = secrets(AWS_CONFIG), settings.CHANNEL_SECRETS.get("slack", "")
credentials = pinned("slack", reader(kept, secret, SlackSecret), local=local)
app = slack_app(kept, secret)
replies = SlackReplies(credentials, Poster(pool(local=local), attempts=2))
webhook = SlackWebhook(
    lambda: credentials().signing_secret,
    DynamoDBClaims(table(settings.OPERATIONS_TABLE)),
    lambda queued: functions.call_async(settings.SLACK_ARN, queued.model_dump(mode="json")),
    utc_now,
)
interactions = InteractionHandler(
    Recorder(DynamoDBEventStore(table(settings.EVENTS_TABLE)), now=utc_now, new_id=new_id),
    settings.PEOPLE,
    app,
    utc_now,
    lambda request: functions.ask(settings.APPROVAL_ARN, request),
    lambda url, text: metrics.add_metric(
        name="SlackReplies", unit=MetricUnit.Count, value=int(replies.reply(url, text))
    ),
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return the HTTP response to Slack, or the outcome of a press that this function queued.

    Only the function's URL sends events with a request context. Others come from callers with
    permission to invoke the function: itself alone.
    """
    if "requestContext" in event:
        found = webhook.receive(event)
        metrics.add_metric(name=f"SlackInteraction_{found.verdict}", unit=MetricUnit.Count, value=1)
        if found.verdict != "accepted":
            logger.warning("Slack interaction refused", verdict=found.verdict)
        return found.response()
    queued = QueuedInteraction.model_validate(event)
    try:
        outcome = interactions.handle(queued)
    except InvalidInputError as error:  # permanent, so Lambda must not retry
        outcome = InteractionReply("unknown", str(error))
    name = f"SlackInteraction_{outcome.refused or 'answered'}"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    logger.info("Slack interaction handled", outcome=outcome._asdict())
    return {"refused": outcome.refused, "reply": outcome.reply}
