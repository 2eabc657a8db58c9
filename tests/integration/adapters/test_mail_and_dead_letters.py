"""The contracts of mail and of dead letters."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends

from quorum.adapters.aws.sqs_dead_letters import SqsDeadLetters
from quorum.adapters.channels.ses_notifier import SesNotifier
from quorum.domain.errors import (
    ChannelUnavailableError,
    StoreUnavailableError,
)
from quorum.domain.messages import Message
from tests.builders.events import INCIDENT
from tests.fakes import (
    InMemoryDeadLetters,
    InMemoryNotifier,
)

MESSAGE = Message(
    incident_id=INCIDENT, kind="opened", subject="näh 🙂", text="text", html="<p>&lt;b&gt;</p>"
)


def test_ses_notifier_sends_text_and_html_to_every_recipient() -> None:
    client = boto3.client("sesv2")
    client.create_email_identity(EmailIdentity="quorum@example.com")
    notifier = SesNotifier(client, "quorum@example.com", ["a@example.com", "b@example.com"])
    reference = notifier.send(MESSAGE)
    assert reference
    assert notifier.channel == "email" == InMemoryNotifier().channel
    sent: Any = sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].core_backend.sent_messages
    assert [(one.source, one.subject) for one in sent] == [("quorum@example.com", "näh 🙂")]
    assert sent[0].destinations["ToAddresses"] == ["a@example.com", "b@example.com"]


@pytest.mark.parametrize(
    ("code", "status"),
    [("TooManyRequestsException", 429), ("InternalFailure", 500), ("MessageRejected", 400)],
)
def test_ses_notifier_raises_channel_unavailable(code: str, status: int) -> None:
    client = boto3.client("sesv2")
    with Stubber(client) as stubber:
        stubber.add_client_error("send_email", code, "no", status)
        with pytest.raises(ChannelUnavailableError, match=code):
            SesNotifier(client, "quorum@example.com", ["a@example.com"]).send(MESSAGE)
    fake = InMemoryNotifier()
    fake.error = ChannelUnavailableError("down")
    with pytest.raises(ChannelUnavailableError):
        fake.send(MESSAGE)


def dead_letters(kind: str) -> Any:
    """Return the dead letters and a way to read them."""
    if kind == "in_memory":
        fake = InMemoryDeadLetters()
        return fake, lambda: [{"payload": p, "reason": r} for p, r in fake.kept]
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="dead")["QueueUrl"]

    def read() -> list[Any]:
        got = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(one["Body"]) for one in got["Messages"]]

    return SqsDeadLetters(client, url), read


@pytest.mark.parametrize("kind", ["in_memory", "sqs"])
def test_dead_letters_have_their_reason(kind: str) -> None:
    letters, read = dead_letters(kind)
    letters.put({"detail": {"alarm": "näh"}}, "no metric")
    assert read() == [{"payload": {"detail": {"alarm": "näh"}}, "reason": "no metric"}]


def test_dead_letter_that_is_too_large_is_cut() -> None:
    letters, read = dead_letters("sqs")
    letters.put({"detail": "x" * 300_000}, "r" * 5000)
    (kept,) = read()
    assert kept["payload"]["cut"].startswith('{"detail": "xxx')
    assert len(json.dumps(kept)) < 256 * 1024


def test_dead_letters_without_their_queue_raise() -> None:
    client = boto3.client("sqs")
    with pytest.raises(StoreUnavailableError):
        SqsDeadLetters(client, "https://sqs.us-east-1.amazonaws.com/1/none").put({}, "reason")
