"""The wired function, against SES, DynamoDB and SQS in moto."""

import json
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto.ses.models import ses_backends

from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.notification_store import DynamoDBNotificationStore
from quorum.domain.events import MessageFailed, MessageSent
from quorum.domain.messages import Waiting
from quorum.domain.notices import PendingMessage
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log
from tests.integration.handlers import CONTEXT, bodies, books, create_queue, load
from tests.integration.tables import create_table, table_named

CONSOLE = "https://console.example"
OPENED = {"incident_id": INCIDENT, "kind": "opened"}


class Deployed:
    """The deployed function and its resources."""

    def __init__(
        self, patch: pytest.MonkeyPatch, recipients: list[str], log: Log, **environment: str
    ) -> None:
        self.store = DynamoDBEventStore(create_table("events"))
        create_table("operations")
        self.queue, self.outbox = create_queue(), create_queue("quorum-test-outbox")
        for event in log.events:
            self.store.append(event)
        self.module: ModuleType = load(
            patch,
            "communication",
            **books(),
            **{"STAGE": "dev", **environment},
            EVENTS_TABLE="quorum-test-events",
            OPERATIONS_TABLE="quorum-test-operations",
            DEAD_LETTER_QUEUE_URL=self.queue,
            OUTBOX_QUEUE_URL=self.outbox,
            ROUTES=json.dumps({"channels": ["email"] if recipients else []}),
            CHANNEL_SECRETS="{}",
            MAIL_FROM="quorum@example.com",
            MAIL_TO=json.dumps(recipients),
        )

    def notify(self, kind: str = "opened") -> dict[str, Any]:
        answer: dict[str, Any] = self.module.lambda_handler({**OPENED, "kind": kind}, CONTEXT)
        return answer

    def events(self, kind: type) -> list[Any]:
        return [event for event in self.store.load(INCIDENT) if isinstance(event, kind)]


def mails() -> list[Any]:
    return list(ses_backends["123456789012"]["us-east-1"].sent_messages)


@pytest.fixture
def verified() -> None:
    boto3.client("sesv2").create_email_identity(EmailIdentity="quorum@example.com")


@pytest.mark.usefixtures("verified")
def test_notify_sends_one_mail_and_records_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "x\r\nBcc: everybody@example.com <script>"
    deployed = Deployed(monkeypatch, ["oncall@example.com"], Log().open(name=hostile))

    assert [deployed.notify(), deployed.notify()] == [{"sent": True}, {"sent": True}]

    [mail] = mails()
    assert mail.destinations["ToAddresses"] == ["oncall@example.com"]
    assert mail.subject == "[Quorum] New incident: “x Bcc: everybody@example.com <script>”"
    [sent] = deployed.events(MessageSent)
    assert (sent.message, sent.channel, sent.reference) == ("opened", "email", mail.id)
    book = DynamoDBNotificationStore(table_named("quorum-test-notifications"))
    assert [(t.message, t.reference) for t in book.of(INCIDENT)] == [("opened", mail.id)]
    assert bodies(deployed.queue) == []


def test_notify_queues_a_mail_that_ses_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, ["oncall@example.com"], Log().open())

    assert deployed.notify() == {"sent": True}

    [waiting] = map(Waiting.model_validate_json, bodies(deployed.outbox))
    assert waiting.leg == "channels"
    assert waiting.notice == PendingMessage(incident_id=INCIDENT, kind="opened")
    assert deployed.events(MessageSent) == deployed.events(MessageFailed) == []
    assert mails() == []


@pytest.mark.usefixtures("verified")
def test_notify_without_a_recipient_has_no_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, [], Log().open())

    assert deployed.notify() == {"sent": False}
    assert [event.reason for event in deployed.events(MessageFailed)] == ["no channel configured"]


@pytest.mark.usefixtures("verified")
def test_warming_event_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = Deployed(monkeypatch, ["oncall@example.com"], Log().open())

    assert deployed.module.lambda_handler({"quorum": "warm"}, CONTEXT) == {"warm": True}
    assert len(deployed.store.load(INCIDENT)) == 1


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({"STAGE": "local"}, f"python -m local approve {INCIDENT}"),
        ({"STAGE": "prod", "CONSOLE_URL": CONSOLE}, f"{CONSOLE}/incidents/{INCIDENT}"),
    ],
)
def test_approval_request_has_the_way_to_answer_on_its_stage(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], way: str
) -> None:
    log = Log().open().freeze().decide(route="approve", level="senior_sre").ask()
    deployed = Deployed(monkeypatch, ["oncall@example.com"], log, **environment)
    asked = log.approvals.find("a" * 32)
    assert asked is not None
    DynamoDBApprovalStore(table_named("quorum-test-approvals")).ask(asked)

    assert deployed.notify("approval_wanted") == {"sent": True}

    [mail] = mails()
    assert mail.subject == "[Quorum] Needs your decision: “shop-checkout-errors”"
    assert way in json.dumps(vars(mail), default=str)
