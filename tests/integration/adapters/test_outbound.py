"""Outbound messages go to the services' own hosts, encrypted, and to no private address."""

import json
import socket
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from urllib3.exceptions import NewConnectionError, URLSchemeUnknown

from quorum.adapters.channels.channel_secrets import SlackSecret
from quorum.adapters.channels.configured_channels import pinned
from quorum.adapters.channels.http_posting import Poster
from quorum.adapters.channels.outbound_addresses import check, pool, public
from quorum.adapters.channels.slack_notifier import SlackNotifier
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.notification_routes import ChannelName
from tests.builders.messaging import message

GOOD: tuple[tuple[ChannelName, str], ...] = (
    ("slack", "https://slack.com/api/"),
    ("slack", "https://slack-gov.com/api/"),
    ("pagerduty", "https://events.pagerduty.com"),
    ("pagerduty", "https://events.eu.pagerduty.com"),
    ("webhook", "https://hooks.example.com:8443/quorum?x=1"),
)
BAD: tuple[tuple[ChannelName, str], ...] = (
    ("slack", "https://slack.com.evil.example/api/"),
    ("slack", "https://evil.example/slack.com"),
    ("slack", "https://slack.com@evil.example/"),
    ("slack", "https://slack.com:8443/api/"),
    ("slack", "http://slack.com/api/"),
    ("slack", "https://events.pagerduty.com"),
    ("pagerduty", "https://slack.com"),
    ("pagerduty", "https://xevents.pagerduty.com"),
    ("webhook", "http://hooks.example.com/"),
    ("webhook", "https://user@hooks.example.com/"),
    ("webhook", "http://127.0.0.1:9001/2018-06-01/runtime"),
    ("webhook", "http://169.254.169.254/latest/meta-data"),
    ("webhook", ""),
)


@pytest.mark.parametrize(("channel", "url"), GOOD)
@pytest.mark.parametrize("local", [True, False])
def test_check_allows_the_services_own_hosts(
    channel: ChannelName, url: str, *, local: bool
) -> None:
    check(channel, url, local=local)


@pytest.mark.parametrize(("channel", "url"), BAD)
def test_check_refuses_other_hosts_and_hides_the_address(channel: ChannelName, url: str) -> None:
    with pytest.raises(ChannelUnavailableError) as raised:
        check(channel, url, local=False)

    assert not url or url not in str(raised.value)


@pytest.mark.parametrize("channel", ["slack", "pagerduty", "webhook"])
def test_check_allows_fakes_on_this_machine_in_the_local_stage_alone(channel: ChannelName) -> None:
    check(channel, "http://127.0.0.1:9000/api", local=True)
    with pytest.raises(ChannelUnavailableError, match="https"):
        check(channel, "http://127.0.0.1:9000/api", local=False)


def test_secret_with_a_foreign_address_is_an_unavailable_channel() -> None:
    secret = SlackSecret(
        token="xoxb-1",  # noqa: S106
        channel="C0QUORUM",
        signing_secret="s" * 16,
        base_url="https://evil.example/api/",
    )

    with pytest.raises(ChannelUnavailableError, match=r"none of slack-gov\.com, slack\.com"):
        pinned("slack", lambda: secret, local=False)()


@pytest.mark.parametrize(
    ("address", "is_public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("172.16.5.4", False),
     ("192.168.1.1", False), ("127.0.0.1", False), ("::1", False), ("169.254.169.254", False),
     ("fe80::1", False), ("fd00:ec2::254", False), ("100.64.0.1", False), ("0.0.0.0", False),  # noqa: S104
     ("224.0.0.1", False), ("::ffff:169.254.169.254", False), ("255.255.255.255", False)],
)  # fmt: skip
def test_public_distinguishes_private_from_global_addresses(
    address: str, *, is_public: bool
) -> None:
    assert public(address) is is_public


@pytest.fixture
def listener() -> Iterator[int]:
    """Return the port of a local listener that a public name points to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_pool_sends_nothing_to_a_name_with_a_private_address(listener: int) -> None:
    with pytest.raises(NewConnectionError, match="not a public address"):
        pool(local=False).request(
            "POST", f"https://localhost:{listener}/", retries=False, timeout=1
        )

    poster = Poster(pool(local=False), 2, sleep=lambda _: None)
    with pytest.raises(ChannelUnavailableError, match="webhook: NewConnectionError"):
        poster.post(f"https://localhost:{listener}/", b"{}", {}, to="webhook")


def test_pool_posts_unencrypted_in_the_local_stage_alone(listener: int) -> None:
    with pytest.raises(URLSchemeUnknown):
        pool(local=False).request("POST", f"http://localhost:{listener}/", retries=False)


class Redirecting(BaseHTTPRequestHandler):
    """A server that redirects every request or answers without an end."""

    def __init__(self, seen: list[tuple[str, str]], *arguments: object) -> None:
        self.seen = seen
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_POST(self) -> None:
        """Answer."""
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(200 if self.path == "/endless" else 302)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        for _ in range(200 if self.path == "/endless" else 0):
            try:
                self.wfile.write(b"x" * 10_000)
            except OSError:
                return

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    seen: list[tuple[str, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Redirecting, seen))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_poster_follows_no_redirect(elsewhere: tuple[str, list[tuple[str, str]]]) -> None:
    url, seen = elsewhere

    answer = Poster(pool(local=True), 1).post(f"{url}/hook", b"{}", {}, to="webhook")

    assert (answer.status, [path for path, _ in seen]) == (302, ["/hook"])


def test_slack_client_follows_no_redirect_with_its_token(
    elsewhere: tuple[str, list[tuple[str, str]]],
) -> None:
    url, seen = elsewhere
    fields = {"token": "xoxb-1", "channel": "C0QUORUM", "signing_secret": "s" * 16}
    secret = SlackSecret.model_validate({**fields, "base_url": f"{url}/api/"})

    with pytest.raises(ChannelUnavailableError):
        SlackNotifier(lambda: secret).send(message())

    assert [path for path, _ in seen] == ["/api/chat.postMessage"]


def test_poster_reads_a_bounded_part_of_an_endless_answer(
    elsewhere: tuple[str, list[tuple[str, str]]],
) -> None:
    url, _ = elsewhere

    answer = Poster(pool(local=True), 1).post(f"{url}/endless", json.dumps({}).encode(), {}, to="x")

    assert len(answer.data) == 65_536
