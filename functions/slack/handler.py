"""Wiring of Slack's webhook: it answers within three seconds and calls itself for the work."""

from typing import Any, Final, get_args

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.slack.interactions import InteractionHandler, InteractionReply
from functions.slack.mentions import MentionHandler, MentionReply
from functions.slack.queued_interaction import QueuedInteraction, QueuedMention
from functions.slack.webhook import SlackWebhook
from quorum.adapters.aws.lambda_functions import LambdaFunctions
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.channels.channel_secrets import SlackSecret, reader, secrets, slack_app
from quorum.adapters.channels.configured_channels import LOCAL, pinned
from quorum.adapters.channels.http_posting import Poster
from quorum.adapters.channels.outbound_addresses import pool
from quorum.adapters.channels.slack_replies import SlackReplies
from quorum.adapters.dynamodb.claims import DynamoDBClaims
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.read_model import DynamoDBReadModel
from quorum.adapters.dynamodb.table import tables
from quorum.answers import read_record
from quorum.application.recorder import Recorder
from quorum.domain.errors import InvalidInputError
from quorum.domain.incident import Status
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

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
MOST_THREADS: Final = 100
"""The newest incidents of each status whose threads may be asked in."""


class SlackSettings(Settings):
    """Environment variables. Without a secret every request is refused."""

    STAGE: str
    EVENTS_TABLE: str
    OPERATIONS_TABLE: str
    CHANNEL_SECRETS: dict[str, str]
    PEOPLE: People
    APPROVAL_ARN: str
    SLACK_ARN: str
    VIEW_TABLE: str
    EVIDENCE_BUCKET: str


settings = SlackSettings.from_env()
table = tables(AWS_CONFIG)
functions = LambdaFunctions(boto3.client("lambda", config=AWS_CONFIG))
local = settings.STAGE == LOCAL
kept, secret = secrets(AWS_CONFIG), settings.CHANNEL_SECRETS.get("slack", "")
credentials = pinned("slack", reader(kept, secret, SlackSecret), local=local)
app = slack_app(kept, secret)
replies = SlackReplies(credentials, Poster(pool(local=local), attempts=2))
claims = DynamoDBClaims(table(settings.OPERATIONS_TABLE))
events = DynamoDBEventStore(table(settings.EVENTS_TABLE))
evidence = S3EvidenceStore(boto3.client("s3", config=AWS_CONFIG), settings.EVIDENCE_BUCKET)
view = DynamoDBReadModel(table(settings.VIEW_TABLE))
webhook = SlackWebhook(
    lambda: credentials().signing_secret,
    claims,
    lambda queued: functions.call_async(settings.SLACK_ARN, queued.model_dump(mode="json")),
    utc_now,
)
interactions = InteractionHandler(
    Recorder(events, now=utc_now, new_id=new_id),
    settings.PEOPLE,
    app,
    utc_now,
    lambda request: functions.ask(settings.APPROVAL_ARN, request),
    lambda url, text: metrics.add_metric(
        name="SlackReplies", unit=MetricUnit.Count, value=int(replies.reply(url, text))
    ),
)
mentions = MentionHandler(
    settings.PEOPLE,
    app,
    claims,
    lambda: [one for status in STATUSES for one in view.by_status(status, MOST_THREADS)],
    lambda incident_id: read_record(events.load(incident_id), evidence),
    replies.post,
    utc_now,
)


@entry
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Return the HTTP response to Slack, or the outcome of what this function queued.

    Only the function's URL sends events with a request context. Others come from callers with
    permission to invoke the function: itself alone.
    """
    if "requestContext" in event:
        found = webhook.receive(event)
        metrics.add_metric(name=f"SlackInteraction_{found.verdict}", unit=MetricUnit.Count, value=1)
        if found.verdict not in {"accepted", "repeated", "challenge"}:
            logger.warning("Slack interaction refused", verdict=found.verdict)
        return found.response()
    try:
        outcome = _handle(event)
    except InvalidInputError as error:  # permanent, so Lambda must not retry
        outcome = InteractionReply("unknown", str(error))
    return _counted(outcome)


def _handle(event: dict[str, Any]) -> InteractionReply | MentionReply:
    if event.get("operation") == "mention":
        return mentions.handle(QueuedMention.model_validate(event))
    return interactions.handle(QueuedInteraction.model_validate(event))


def _counted(outcome: InteractionReply | MentionReply) -> dict[str, Any]:
    name = f"SlackInteraction_{outcome.refused or 'answered'}"
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
    logger.info("Slack request handled", refused=outcome.refused)
    return {"refused": outcome.refused, "reply": outcome.reply}
