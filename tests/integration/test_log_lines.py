"""Log lines contain no message text, no outsiders' text and no secret."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import boto3
import pytest
from pydantic import ValidationError

from local.fake_services import FakeSlack
from quorum.domain.events import INCIDENT_EVENT
from quorum.domain.messages import Waiting
from quorum.domain.notices import PendingMessage
from quorum.runtime.lambda_runtime import logger
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log
from tests.integration.communication.test_handler import Deployed as DeployedCommunication
from tests.integration.courier.test_handler import OPENED, Round
from tests.integration.slack.test_handler import Deployed

HOSTILE = "ghp_AnOutsidersOwnSecret"
WORDS = (HOSTILE, "shop-checkout-errors", "Threshold crossed", "xoxb-", "[Quorum] ", "oncall@")


@pytest.fixture
def service() -> Iterator[FakeSlack]:
    with FakeSlack(most=100) as found:
        yield found


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """Return the output of the functions' logger."""
    written = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written


def assert_silent(lines: StringIO, service: FakeSlack | None = None) -> str:
    """Return the log lines, after checking that they show no content and no secret."""
    said = lines.getvalue()
    secrets = json.loads(service.secret).values() if service else ()
    for word in (
        *WORDS,
        *(str(secret) for secret in secrets if not str(secret).startswith("http")),
    ):
        assert word not in said
    return said


def test_communications_log_lines_have_the_failure_and_no_content(
    monkeypatch: pytest.MonkeyPatch, lines: StringIO
) -> None:
    gone = "https://sqs.us-east-1.amazonaws.com/123456789012/gone"
    deployed = DeployedCommunication(
        monkeypatch, ["oncall@example.com"], Log().open(reason=HOSTILE)
    )
    monkeypatch.setattr(deployed.module.outbox._queue, "_queue_url", gone)

    assert deployed.notify() == {"sent": False}

    assert "notification failed" in assert_silent(lines)


def test_couriers_log_lines_have_counts_and_no_content(
    monkeypatch: pytest.MonkeyPatch, lines: StringIO, service: FakeSlack
) -> None:
    courier = Round(monkeypatch, service)
    courier.put(OPENED, PendingMessage(incident_id="9" * 32, kind="opened"))
    courier.drain()
    service.down = True
    boto3.client("sesv2").delete_email_identity(EmailIdentity="quorum@example.com")
    courier.put(PendingMessage(incident_id=INCIDENT, kind="escalated", about="undecided"))
    old = {"leg": "channels", "message": {"incident_id": "x", "kind": HOSTILE, "text": HOSTILE}}
    boto3.client("sqs").send_message(QueueUrl=courier.queue, MessageBody=json.dumps(old))

    assert courier.drain() == [json.dumps(old)]

    said = assert_silent(lines, service)
    assert '"messages":1' in said.replace(" ", "")


def test_slack_webhooks_log_lines_have_verdicts_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, lines: StringIO, service: FakeSlack
) -> None:
    deployed = Deployed(monkeypatch, service)

    assert deployed.post(deployed.press(), secret="wrong-signing-secret") == 401  # noqa: S106
    assert deployed.post({"type": "block_actions", "note": HOSTILE}) >= 400

    assert "Slack interaction refused" in assert_silent(lines, service)


@pytest.mark.parametrize(
    "body", ['{"type": "IncidentClosed", "reason": "%s"}', '"%s"', "{%s", "%s"]
)
def test_validation_error_shows_no_input(body: str) -> None:
    """The error is logged with all errors that it follows from."""
    for kind in (INCIDENT_EVENT.validate_json, Waiting.model_validate_json):
        with pytest.raises(ValidationError) as raised:
            kind(body % HOSTILE)
        assert HOSTILE not in str(raised.value)


def test_invalid_pending_message_is_not_shown() -> None:
    fields: dict[str, Any] = {"incident_id": HOSTILE, "kind": HOSTILE}
    with pytest.raises(ValidationError) as raised:
        PendingMessage.model_validate(fields)
    assert HOSTILE not in str(raised.value)
