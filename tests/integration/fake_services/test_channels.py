"""Every channel's client against a fake of its published API: requests, refusals, rate limits.

The fakes validate requests by the services' documentation; the clients run unchanged.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from urllib3 import PoolManager

from local.fake_services import FakePagerDuty, FakeSlack, FakeWebhookReceiver
from local.fake_services.slack import CHANNEL
from quorum.adapters.channels.channel_secrets import PagerDutySecret, SlackSecret, WebhookSecret
from quorum.adapters.channels.http_posting import LONGEST_WAIT_SECONDS, Poster
from quorum.adapters.channels.pagerduty_notifier import PagerDutyNotifier
from quorum.adapters.channels.slack_notifier import SlackNotifier
from quorum.adapters.channels.webhook_notifier import WebhookNotifier, signature
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.events import MessageKind
from quorum.domain.messages import DecisionRequest, Link, Message
from quorum.messaging import coalesced
from quorum.ports.messaging import Notifier
from quorum.runtime.lambda_runtime import utc_now
from tests.builders.messaging import message

WAITED: list[float] = []
ASKED = DecisionRequest(
    incident_id="1" * 32, approval_id="a" * 32, about="Approve <script> & roll back?"
)
LINK = Link(text="Alarm", href="https://example.com/?a=1&b=2")


def poster(attempts: int = 2) -> Poster:
    WAITED.clear()
    return Poster(PoolManager(), attempts, sleep=WAITED.append, jitter=lambda cap: cap)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(most=100) as service:
        yield service


@pytest.fixture
def pagerduty() -> Iterator[FakePagerDuty]:
    with FakePagerDuty(most=100) as service:
        yield service


@pytest.fixture
def webhook() -> Iterator[FakeWebhookReceiver]:
    with FakeWebhookReceiver() as service:
        yield service


def to_slack(service: FakeSlack, **other: str) -> SlackNotifier:
    secret = SlackSecret.model_validate({**json.loads(service.secret), **other})
    return SlackNotifier(lambda: secret)


def to_pagerduty(service: FakePagerDuty, attempts: int = 2, **other: str) -> PagerDutyNotifier:
    secret = PagerDutySecret.model_validate({**json.loads(service.secret), **other})
    return PagerDutyNotifier(lambda: secret, poster(attempts))


def to_webhook(service: FakeWebhookReceiver, **other: str) -> WebhookNotifier:
    secret = WebhookSecret.model_validate({**json.loads(service.secret), **other})
    return WebhookNotifier(lambda: secret, poster(), now=utc_now)


def test_slack_has_one_thread_per_incident_whose_first_message_is_kept_up_to_date(
    slack: FakeSlack,
) -> None:
    notifier = to_slack(slack)

    root = notifier.send(message("opened"))
    assert notifier.send(message("decision", thread=root)) == root
    asked = notifier.send(message("approval_wanted", thread=root, questions=[ASKED]))
    answered = notifier.send(message("answered", thread=asked))

    first, second = slack.messages.values()
    assert root == f"{CHANNEL}/{first['ts']}"
    assert (first["text"], first["edits"]) == ("decision 1", 1)
    assert (second["thread_ts"], second["reply_broadcast"]) == (first["ts"], True)
    assert answered == asked
    assert "actions" not in {block["type"] for block in second["blocks"]}, "no button is left"


def test_slack_posts_again_when_the_first_message_was_deleted(slack: FakeSlack) -> None:
    assert to_slack(slack).send(message("resolved", thread=f"{CHANNEL}/1.0")).startswith(CHANNEL)
    assert len(slack.messages) == 1


def test_slack_buttons_carry_the_opaque_id_alone_and_text_is_inert(slack: FakeSlack) -> None:
    hostile = message(subject="<!channel> & <@U1>", questions=[ASKED], links=[LINK])

    to_slack(slack).send(hostile)

    (posted,) = slack.messages.values()
    (actions,) = [block for block in posted["blocks"] if block["type"] == "actions"]
    assert {b["action_id"]: b["value"] for b in actions["elements"]} == dict.fromkeys(
        ("approve", "deny", "take_over"), "a" * 32
    )
    assert posted["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
    assert "&lt;script&gt;" in json.dumps(posted["blocks"])
    assert "<https://example.com/?a=1&amp;b=2|Alarm>" in json.dumps(posted["blocks"])


def test_slack_accepts_a_storm_of_approval_requests(slack: FakeSlack) -> None:
    many = [
        message("approval_wanted", questions=[ASKED], subject=f"{n} {'x' * 140}")
        for n in range(100)
    ]

    to_slack(slack).send(coalesced(many))

    (posted,) = slack.messages.values()
    shown = json.dumps(posted["blocks"])
    assert all(f"{n} xxx" in shown for n in range(100))


def test_pagerduty_has_one_alert_per_incident_from_trigger_to_resolve(
    pagerduty: FakePagerDuty,
) -> None:
    notifier = to_pagerduty(pagerduty)
    key = notifier.send(message("escalated", links=[LINK]))

    steps: tuple[tuple[MessageKind, str], ...] = (
        ("approval_wanted", "triggered"),
        ("answered", "acknowledged"),
        ("resolved", "resolved"),
    )
    for kind, state in steps:
        assert notifier.send(message(kind)) == key
        assert pagerduty.alerts == {key: state}
    event = pagerduty.events[0]
    assert (event["links"][0]["href"], event["payload"]["severity"]) == (LINK.href, "critical")
    assert event["payload"]["custom_details"]["report"] == "text 1"


def test_pagerduty_alerts_about_several_incidents_are_one(pagerduty: FakePagerDuty) -> None:
    several = coalesced([message("escalated", "1"), message("escalated", "2")])

    to_pagerduty(pagerduty).send(several)

    assert pagerduty.alerts == {"quorum-several": "triggered"}
    details = pagerduty.events[0]["payload"]["custom_details"]
    assert details["incidents"] == ["1" * 32, "2" * 32]


def test_webhooks_are_signed_and_have_one_id_however_often_they_are_sent(
    webhook: FakeWebhookReceiver,
) -> None:
    ids = {to_webhook(webhook).send(message("escalated")) for _ in range(2)}

    ((found, event),) = webhook.events.items()
    assert ids == {found}
    assert event["type"] == "incident.escalated"
    assert event["data"]["incidents"] == ["1" * 32]


def test_the_signature_is_the_specifications_own_example() -> None:
    """The example of the libraries in https://github.com/standard-webhooks/standard-webhooks."""
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - published
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def refusals() -> list[Any]:
    return [
        pytest.param("slack", {"token": "xoxb-wrong"}, "invalid_auth", id="slack-token"),
        pytest.param("slack", {"channel": "C0OTHER"}, "channel_not_found", id="slack-channel"),
        pytest.param("pagerduty", {"routing_key": "f" * 32}, "HTTP 400", id="pagerduty-key"),
        pytest.param("webhook", {"secret": "whsec_" + "A" * 44}, "HTTP 401", id="webhook-secret"),
    ]


@pytest.mark.parametrize(("name", "wrong", "reason"), refusals())
def test_a_refusal_is_an_unavailable_channel_with_its_reason(
    name: str, wrong: dict[str, str], reason: str, request: pytest.FixtureRequest
) -> None:
    service = request.getfixturevalue(name)
    make: Any = {"slack": to_slack, "pagerduty": to_pagerduty, "webhook": to_webhook}[name]

    with pytest.raises(ChannelUnavailableError, match=reason) as error:
        make(service, **wrong).send(message())

    assert not any(secret in str(error.value) for secret in wrong.values())


@pytest.mark.parametrize("name", ["slack", "pagerduty", "webhook"])
def test_a_service_that_is_down_is_an_unavailable_channel(
    name: str, request: pytest.FixtureRequest
) -> None:
    service = request.getfixturevalue(name)
    make: Any = {"slack": to_slack, "pagerduty": to_pagerduty, "webhook": to_webhook}[name]
    service.down = True
    with pytest.raises(ChannelUnavailableError, match=r"503|service_unavailable"):
        make(service).send(message())
    gone = {"slack": "base_url", "pagerduty": "base_url", "webhook": "url"}[name]
    with pytest.raises(ChannelUnavailableError):
        make(service, **{gone: "http://127.0.0.1:9"}).send(message())


def test_slack_is_not_retried_at_once_when_rate_limited() -> None:
    with FakeSlack(most=1) as service:
        notifier: Notifier = to_slack(service)
        notifier.send(message())
        with pytest.raises(ChannelUnavailableError, match="ratelimited"):
            notifier.send(message())
        assert (service.turned_away, len(service.messages)) == (1, 1)


def test_pagerduty_is_retried_with_backoff_when_rate_limited() -> None:
    with FakePagerDuty(most=1) as service:
        notifier = to_pagerduty(service, attempts=3)
        notifier.send(message())
        with pytest.raises(ChannelUnavailableError, match="HTTP 429, in 3 attempts"):
            notifier.send(message())
        assert service.turned_away == 3
        assert WAITED == [0.5, 1.0]


def test_retry_after_is_honoured_up_to_a_maximum(
    webhook: FakeWebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from local.fake_services.service import Reply  # noqa: PLC0415 - for this one answer

    asks = iter(["2", "3600"])
    monkeypatch.setattr(webhook, "reply", lambda _: Reply(429, {}, {"Retry-After": next(asks, "")}))
    alert: Message = message()
    secret = WebhookSecret.model_validate_json(webhook.secret)

    with pytest.raises(ChannelUnavailableError):
        WebhookNotifier(lambda: secret, poster(3), now=utc_now).send(alert)

    assert WAITED == [2.0, LONGEST_WAIT_SECONDS]
