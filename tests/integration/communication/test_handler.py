"""The wired function, against SES, DynamoDB and SQS in moto."""

import json
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto.ses.models import ses_backends

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.notification_book import DynamoDBNotificationBook
from quorum.domain.events import MessageFailed, MessageSent
from quorum.domain.messages import Waiting
from quorum.domain.notices import Notice
from tests.integration.communication.wiring import CONTEXT, bodies, books, create_queue, load
from tests.integration.tables import create_table, table_named
from tests.unit.narrative.stories import INCIDENT, Log

OPENED = {"incident_id": INCIDENT, "kind": "opened"}


class Desk:
    """The deployed function and what it talks to."""

    def __init__(self, patch: pytest.MonkeyPatch, recipients: list[str], log: Log) -> None:
        self.store = DynamoDBEventStore(create_table("events"))
        create_table("operations")
        self.queue, self.outbox = create_queue(), create_queue("quorum-test-outbox")
        for fact in log.events:
            self.store.append(fact)
        self.module: ModuleType = load(
            patch,
            "communication",
            **books(),
            STAGE="dev",
            EVENTS_TABLE="quorum-test-events",
            OPERATIONS_TABLE="quorum-test-operations",
            DEAD_LETTER_QUEUE_URL=self.queue,
            OUTBOX_QUEUE_URL=self.outbox,
            ROUTES=json.dumps({"channels": ["email"] if recipients else []}),
            CHANNEL_SECRETS="{}",
            MAIL_FROM="quorum@example.com",
            MAIL_TO=json.dumps(recipients),
        )

    def tell(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.module.lambda_handler(OPENED, CONTEXT)
        return answer

    def facts(self, kind: type) -> list[Any]:
        return [fact for fact in self.store.load(INCIDENT) if isinstance(fact, kind)]


def mails() -> list[Any]:
    return list(ses_backends["123456789012"]["us-east-1"].sent_messages)


@pytest.fixture
def verified() -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="quorum@example.com")


@pytest.mark.usefixtures("verified")
def test_people_get_one_mail_and_the_log_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "x\r\nBcc: everybody@example.com <script>"
    desk = Desk(monkeypatch, ["oncall@example.com"], Log().open(name=hostile))

    assert [desk.tell(), desk.tell()] == [{"sent": True}, {"sent": True}]

    [mail] = mails()
    assert mail.destinations["ToAddresses"] == ["oncall@example.com"]
    assert mail.subject == "[Quorum] Opened: “x Bcc: everybody@example.com <script>”"
    [sent] = desk.facts(MessageSent)
    assert (sent.message, sent.channel, sent.reference) == ("opened", "email", mail.id)
    book = DynamoDBNotificationBook(table_named("quorum-test-notifications"))
    assert [(t.message, t.reference) for t in book.of(INCIDENT)] == [("opened", mail.id)]
    assert bodies(desk.queue) == []


def test_a_mail_that_ses_refuses_waits_for_the_courier(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch, ["oncall@example.com"], Log().open())

    assert desk.tell() == {"sent": True}

    [waiting] = map(Waiting.model_validate_json, bodies(desk.outbox))
    assert waiting.leg == "channels"
    assert waiting.notice == Notice(incident_id=INCIDENT, kind="opened")
    assert desk.facts(MessageSent) == desk.facts(MessageFailed) == []
    assert mails() == []


@pytest.mark.usefixtures("verified")
def test_without_a_recipient_there_is_no_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch, [], Log().open())

    assert desk.tell() == {"sent": False}
    assert [fact.reason for fact in desk.facts(MessageFailed)] == ["no channel configured"]


@pytest.mark.usefixtures("verified")
def test_a_warming_event_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(monkeypatch, ["oncall@example.com"], Log().open())

    assert desk.module.lambda_handler({"quorum": "warm"}, CONTEXT) == {"warm": True}
    assert len(desk.store.load(INCIDENT)) == 1
