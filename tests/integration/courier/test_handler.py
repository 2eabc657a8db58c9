"""The wired function, against SES, DynamoDB, SQS and Secrets Manager in moto, and a Slack."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from local.fake_services import FakeSlack
from quorum.adapters.aws.sqs_outbox import SqsOutbox
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.domain.events import MessageFailed, MessageSent
from quorum.domain.messages import Waiting
from quorum.domain.notices import PendingMessage
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log
from tests.integration.handlers import Context, bodies, books, create_queue, load
from tests.integration.tables import create_table


@dataclass
class Hurried(Context):
    """A context with the function's remaining time."""

    left_ms: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        """Return how long is left."""
        return self.left_ms


CONTEXT = cast("LambdaContext", Hurried())


class Round:
    """The deployed function, its queue, and its channels."""

    def __init__(self, patch: pytest.MonkeyPatch, service: FakeSlack) -> None:
        self.service, self.letters = service, create_queue()
        self.queue = create_queue("quorum-test-outbox")
        self.store = DynamoDBEventStore(create_table("events"))
        create_table("operations")
        for event in Log().open().events:
            self.store.append(event)
        secret = boto3.client("secretsmanager")
        secret.create_secret(Name="quorum/slack", SecretString=service.secret)
        boto3.client("sesv2").create_email_identity(EmailIdentity="quorum@example.com")
        self.module: ModuleType = load(
            patch,
            "courier",
            **books(),
            STAGE="local",
            EVENTS_TABLE="quorum-test-events",
            OPERATIONS_TABLE="quorum-test-operations",
            DEAD_LETTER_QUEUE_URL=self.letters,
            ROUTES=json.dumps({"channels": ["slack", "email"]}),
            CHANNEL_SECRETS=json.dumps({"slack": "quorum/slack"}),
            MAIL_FROM="quorum@example.com",
            MAIL_TO=json.dumps(["oncall@example.com"]),
        )

    def put(self, *messages: PendingMessage) -> None:
        """Queue messages, as every notifying function does."""
        outbox = SqsOutbox(boto3.client("sqs"), self.queue)
        for one in messages:
            outbox.put(Waiting(leg="channels", notice=one))

    def drain(self) -> list[str]:
        """Hand over what waits as Lambda does; return what has to be delivered again."""
        found = boto3.client("sqs").receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, AttributeNames=["All"]
        )
        records: list[dict[str, Any]] = [
            {"messageId": m["MessageId"], "body": m["Body"], "attributes": m["Attributes"]}
            for m in found["Messages"]
        ]
        answer = self.module.lambda_handler({"Records": records}, CONTEXT)
        ids = {record["messageId"]: record["body"] for record in records}
        return [ids[one["itemIdentifier"]] for one in answer["batchItemFailures"]]

    def events(self) -> list[tuple[str, str, str]]:
        """Return the log's message events: kind, channel, and `sent` or the reason."""
        return [
            (f.message, f.channel, "sent" if isinstance(f, MessageSent) else f.reason)
            for f in self.store.load(INCIDENT)
            if isinstance(f, (MessageSent, MessageFailed))
        ]

    def shown(self) -> list[str]:
        """Return what Slack shows."""
        return [posted["text"] for posted in self.service.messages.values()]


OPENED = PendingMessage(incident_id=INCIDENT, kind="opened")
SUBJECT = "[Quorum] New incident: “shop-checkout-errors”"


@pytest.fixture
def courier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Round]:
    with FakeSlack(most=100) as service:
        yield Round(monkeypatch, service)


def test_courier_sends_by_the_first_channel_and_records_it(courier: Round) -> None:
    courier.put(OPENED)

    assert courier.drain() == []

    assert courier.shown() == [SUBJECT]
    assert courier.events() == [("opened", "slack", "sent")]
    assert bodies(courier.letters) == []


def test_courier_falls_back_from_a_channel_that_is_down(courier: Round) -> None:
    courier.service.down = True
    courier.put(OPENED)

    assert courier.drain() == []

    assert courier.shown() == []
    [(_, slack, why), mailed] = courier.events()
    assert (slack, mailed) == ("slack", ("opened", "email", "sent"))
    assert "service_unavailable" in why


def test_invalid_secret_is_a_channel_that_is_down(courier: Round) -> None:
    wrong = json.dumps({"token": "xoxb-hidden", "channel": "#incidents"})
    boto3.client("secretsmanager").put_secret_value(SecretId="quorum/slack", SecretString=wrong)
    courier.put(OPENED)

    assert courier.drain() == []

    [(_, _, why), mailed] = courier.events()
    assert mailed == ("opened", "email", "sent")
    assert "channel, signing_secret does not fit" in why
    assert "hidden" not in why


def test_undeliverable_message_is_among_the_dead_letters(courier: Round) -> None:
    courier.service.down = True
    boto3.client("sesv2").delete_email_identity(EmailIdentity="quorum@example.com")
    courier.put(OPENED)

    assert courier.drain() == []

    assert [channel for _, channel, _ in courier.events()] == ["slack", "email"]
    [kept] = bodies(courier.letters)
    assert INCIDENT in kept
    assert "service_unavailable" in kept


def test_courier_leaves_an_unreadable_message_to_the_queue_and_sends_the_rest(
    courier: Round,
) -> None:
    boto3.client("sqs").send_message(QueueUrl=courier.queue, MessageBody="{")
    courier.put(OPENED)

    assert courier.drain() == ["{"]
    assert courier.shown() == [SUBJECT]


def test_warming_event_sends_nothing(courier: Round) -> None:
    assert courier.module.lambda_handler({"quorum": "warm"}, CONTEXT) == {"warm": True}
    assert courier.shown() == []
