"""Replies to Slack interactions go to Slack's own host, or to the fake of this machine."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from local.fake_services import FakeSlack
from quorum.adapters.channels.channel_secrets import SlackSecret
from quorum.adapters.channels.http_posting import Poster
from quorum.adapters.channels.slack_replies import SlackReplies

REAL = "https://hooks.slack.com/actions/T1/2/abc"


class Wire:
    """A connection pool that keeps the requests and returns a status."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.posted = status, list[tuple[str, Any]]()

    def request(self, _method: str, url: str, *, body: bytes, **_options: Any) -> Any:
        self.posted.append((url, json.loads(body)))
        if self.status == 0:
            raise ProtocolError("gone")
        return HTTPResponse(status=self.status)


def replies(wire: Wire, **secret: str) -> SlackReplies:
    given = {"token": "xoxb-1", "channel": "C0QUORUM", "signing_secret": "s" * 16, **secret}
    pool = cast("Any", wire)
    poster = Poster(pool, attempts=2, sleep=lambda _: None)
    return SlackReplies(lambda: SlackSecret.model_validate(given), poster)


@pytest.fixture
def service() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        yield found


def test_reply_is_ephemeral() -> None:
    wire = Wire()

    assert replies(wire).reply(REAL, "Ada: granted")

    [(url, content)] = wire.posted
    assert url == REAL
    assert content == {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": "Ada: granted",
    }


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://example.com/actions/x",
        "http://hooks.slack.com/actions/x",
        "https://hooks.slack.com.example.com/x",
        "https://hooks.slack.com@example.com/x",
        "https://hooks.slack.com:8443/x",
        "https://example.com/https://hooks.slack.com/",
        "https://example.com\\@hooks.slack.com/",
        "https://slack.com/api/chat.postMessage",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:9001/2018-06-01/runtime",
        "file:///etc/passwd",
    ],
)
def test_reply_refuses_other_hosts(url: str) -> None:
    wire = Wire()

    assert not replies(wire).reply(url, "text")
    assert wire.posted == []


def test_reply_refuses_the_host_of_a_configured_api_url() -> None:
    wire = Wire()

    assert not replies(wire, base_url="https://example.com/api/").reply(
        "https://example.com/actions/x", "text"
    )
    assert wire.posted == []


def test_reply_is_sent_to_the_fake_of_this_machine_and_to_no_other_port(
    service: FakeSlack,
) -> None:
    wire = Wire()
    base_url = json.loads(service.secret)["base_url"]
    local = replies(wire, base_url=base_url)

    assert local.reply(f"{service.url}/actions/1", "text")
    assert not local.reply("http://127.0.0.1:9/actions/1", "text")
    assert [url for url, _ in wire.posted] == [f"{service.url}/actions/1"]


@pytest.mark.parametrize(("status", "times"), [(0, 2), (429, 2), (503, 2), (404, 1), (302, 1)])
def test_reply_that_slack_does_not_accept_is_no_error(status: int, times: int) -> None:
    wire = Wire(status)

    assert not replies(wire).reply(REAL, "text")
    assert len(wire.posted) == times
