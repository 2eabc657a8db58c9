"""A reply goes to Slack's own address for replies, or to the stand-in of this machine: no other."""

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
    """A pool of connections that says where it is sent to, and what comes back."""

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


def test_a_reply_is_for_the_person_alone() -> None:
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
def test_a_reply_goes_nowhere_else(url: str) -> None:
    wire = Wire()

    assert not replies(wire).reply(url, "text")
    assert wire.posted == []


def test_another_address_of_the_api_is_no_address_for_replies() -> None:
    wire = Wire()

    assert not replies(wire, base_url="https://example.com/api/").reply(
        "https://example.com/actions/x", "text"
    )
    assert wire.posted == []


def test_the_stand_in_of_this_machine_is_replied_to_and_no_other_port(
    service: FakeSlack,
) -> None:
    wire = Wire()
    base_url = json.loads(service.secret)["base_url"]
    local = replies(wire, base_url=base_url)

    assert local.reply(f"{service.url}/actions/1", "text")
    assert not local.reply("http://127.0.0.1:9/actions/1", "text")
    assert [url for url, _ in wire.posted] == [f"{service.url}/actions/1"]


@pytest.mark.parametrize(("status", "times"), [(0, 2), (429, 2), (503, 2), (404, 1), (302, 1)])
def test_a_reply_that_is_not_taken_is_no_error(status: int, times: int) -> None:
    wire = Wire(status)

    assert not replies(wire).reply(REAL, "text")
    assert len(wire.posted) == times
