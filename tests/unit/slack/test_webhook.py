"""Slack's webhook accepts requests that Slack signed, within five minutes, once."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.slack.webhook import SlackWebhook, Verdict, WebhookResponse
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.slack_interactions import parse
from quorum.domain.slack_signature import SignedBody, sign, signature_problem
from tests.builders.events import INCIDENT
from tests.builders.slack import ADA, APPROVAL, SECRET, payload, request
from tests.fakes.channels import InMemoryClaims
from tests.fakes.clock import START, FakeClock

NOW = START
WINDOW_SECONDS = 300


class Endpoint:
    """The webhook, and the interactions that it queued."""

    def __init__(self) -> None:
        self.clock, self.claims = FakeClock(NOW), InMemoryClaims()
        self.queued = list[Any]()
        self.webhook = SlackWebhook(lambda: SECRET, self.claims, self.queued.append, self.clock)

    def receive(self, event: dict[str, Any]) -> str:
        return self.webhook.receive(event).verdict


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


def test_sign_gives_the_signature_of_slacks_own_example() -> None:
    """The example of https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121"
        b".803a0bc887a14d10d2c447fce8b6703c"
    )
    wanted = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(SECRET, "1531420618", body) == wanted


def test_webhook_accepts_a_press_and_queues_it(endpoint: Endpoint) -> None:
    answer = endpoint.webhook.receive(request(payload(), NOW))

    assert answer.response() == {"statusCode": 200, "body": ""}
    (queued,) = endpoint.queued
    assert queued.refused is None
    press = parse(queued.sent.body)
    assert (press.member, press.action) == (ADA, "approve")
    assert (press.approval_id, press.incident_id) == (APPROVAL, INCIDENT)
    assert signature_problem(queued.sent, SECRET, NOW) is None


def test_webhook_decodes_a_body_in_base64(endpoint: Endpoint) -> None:
    event = request(payload(), NOW)
    coded = base64.b64encode(event["body"].encode()).decode()

    assert endpoint.receive({**event, "body": coded, "isBase64Encoded": True}) == "accepted"


def test_webhook_ignores_the_case_of_header_names(endpoint: Endpoint) -> None:
    event = request(payload(), NOW)

    titled = {name.title(): value for name, value in event["headers"].items()}
    assert endpoint.receive({**event, "headers": titled}) == "accepted"


@pytest.mark.parametrize(
    "change",
    [
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": ""},
        {"x-slack-signature": "ü"},
        {"x-slack-request-timestamp": str(int(NOW.timestamp()) + 1)},
        {"x-slack-request-timestamp": "now"},
    ],
)
def test_webhook_rejects_a_wrong_signature_and_queues_nothing(
    endpoint: Endpoint, change: dict[str, str]
) -> None:
    event = request(payload(), NOW)

    assert endpoint.receive({**event, "headers": {**event["headers"], **change}}) == "forged"
    assert endpoint.webhook.receive({**event, "headers": {}}).response()["statusCode"] == 401
    assert endpoint.queued == []
    assert endpoint.claims.claimed_until == {}


def test_webhook_rejects_another_body_under_a_valid_signature(endpoint: Endpoint) -> None:
    event = request(payload("deny"), NOW)

    other = request(payload("approve"), NOW)["body"]
    assert endpoint.receive({**event, "body": other}) == "forged"


def test_webhook_rejects_a_signature_of_another_app(endpoint: Endpoint) -> None:
    assert endpoint.receive(request(payload(), NOW, secret="f" * 32)) == "forged"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_webhook_refuses_a_late_request_and_queues_the_refusal(
    endpoint: Endpoint, seconds: int
) -> None:
    assert endpoint.receive(request(payload(), NOW + timedelta(seconds=seconds))) == "late"
    assert [one.refused for one in endpoint.queued] == ["late"]


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_webhook_accepts_a_request_within_five_minutes(endpoint: Endpoint, seconds: int) -> None:
    assert endpoint.receive(request(payload(), NOW + timedelta(seconds=seconds))) == "accepted"


def test_webhook_accepts_a_request_once_while_its_signature_is_valid(endpoint: Endpoint) -> None:
    early = request(payload(), NOW + timedelta(seconds=300))

    assert [endpoint.receive(early) for _ in range(2)] == ["accepted", "replayed"]
    assert [one.refused for one in endpoint.queued] == [None, "replayed"]
    (until,) = endpoint.claims.claimed_until.values()
    assert until == NOW + timedelta(seconds=600)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("accepted", 200), ("forged", 401), ("late", 401), ("replayed", 409), ("unreadable", 400)],
)
def test_response_has_a_status_and_an_empty_body(verdict: Verdict, status: int) -> None:
    assert WebhookResponse(verdict).response() == {"statusCode": status, "body": ""}


def test_webhook_accepts_nothing_without_the_store(endpoint: Endpoint) -> None:
    endpoint.claims.error = StoreUnavailableError("no table")

    with pytest.raises(StoreUnavailableError):
        endpoint.receive(request(payload(), NOW))
    assert endpoint.queued == []


@pytest.mark.parametrize(
    "content",
    [
        {},
        payload("reboot"),
        payload(member="unknown"),
        payload(approval="../" * 10),
        payload(actions=[]),
        payload(type="view_submission"),
        {**payload(), "actions": [{**payload()["actions"][0], "value": "b" * 32}]},
    ],
)
def test_webhook_refuses_other_interactions_as_unreadable(
    endpoint: Endpoint, content: dict[str, Any]
) -> None:
    assert endpoint.receive(request(content, NOW)) == "unreadable"
    assert endpoint.queued == []


@pytest.mark.parametrize("body", ["payload=ü", "payload=a b", "payload=" + "x" * 200_000])
def test_webhook_refuses_other_bodies_as_unreadable(endpoint: Endpoint, body: str) -> None:
    assert endpoint.receive(request({}, NOW, body=body)) == "unreadable"
    broken = {**request({}, NOW), "body": "%%%=", "isBase64Encoded": True}
    assert endpoint.receive(broken) in {"unreadable", "forged"}
    assert endpoint.queued == []


@pytest.mark.parametrize(
    ("field", "longest"), [("body", 200_000), ("timestamp", 20), ("signature", 100)]
)
def test_signed_body_is_bounded(field: str, longest: int) -> None:
    fields = {"body": "", "timestamp": "", "signature": ""}

    assert SignedBody.model_validate({**fields, field: "x" * longest})
    with pytest.raises(ValidationError):
        SignedBody.model_validate({**fields, field: "x" * (longest + 1)})


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "17 ", "\u00b2", "\u0661\u0667"])
def test_flaw_reports_a_timestamp_that_is_no_number(timestamp: str) -> None:
    signature = sign(SECRET, timestamp, b"payload")
    sent = SignedBody.model_construct(body="payload", timestamp=timestamp, signature=signature)

    assert signature_problem(sent, SECRET, NOW) == "forged"


FORMS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=200)


@given(body=FORMS, other=FORMS, at=st.integers(0, 2**40))
def test_signature_is_valid_for_its_body_and_time_alone(body: str, other: str, at: int) -> None:
    sent = SignedBody(body=body, timestamp=str(at), signature=sign(SECRET, str(at), body.encode()))

    assert signature_problem(sent, SECRET, NOW) != "forged"
    changed = sent.model_copy(update={"body": other})
    assert (signature_problem(changed, SECRET, NOW) == "forged") == (body != other)
    later = sent.model_copy(update={"timestamp": str(at + 1)})
    assert signature_problem(later, SECRET, NOW) == "forged"


def test_signed_body_is_not_in_its_repr() -> None:
    sent = SignedBody(body="payload=%7B%7D", timestamp="1", signature="v0=0")
    assert "payload" not in repr(sent)
