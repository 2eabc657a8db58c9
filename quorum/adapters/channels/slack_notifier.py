"""Slack notifications by its SDK: one thread per incident; its first message is kept current."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.request import HTTPRedirectHandler, build_opener, install_opener

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.client import WebClient
from slack_sdk.web.slack_response import SlackResponse

from quorum.adapters.channels.channel_secrets import SlackSecret
from quorum.adapters.channels.slack_blocks import blocks, fallback
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.messages import Message
from quorum.domain.notification_routes import NEEDS_A_PERSON

TIMEOUT_SECONDS: Final = 6
GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


class _Nowhere(HTTPRedirectHandler):
    """Follows no redirect: it would take the token with it."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return None, so that the redirect is not followed."""


install_opener(build_opener(_Nowhere))  # the SDK sends through it; nothing else here does


class SlackNotifier:
    """A `Notifier`. A reference is `channel/ts`.

    A message for information replaces the incident's first message; one that needs a person is
    posted in its thread and shown in the channel, because an edit sends no notification.
    """

    channel = "slack"

    def __init__(self, credentials: Callable[[], SlackSecret]) -> None:
        self._credentials = credentials

    def send(self, message: Message) -> str:
        """Send the message with one call; return its reference."""
        secret = self._credentials()
        client = WebClient(
            secret.token,
            base_url=f"{secret.base_url.rstrip('/')}/",
            timeout=TIMEOUT_SECONDS,
            retry_handlers=[],  # the outbox waits and falls back
        )
        channel, _, root = message.thread.partition("/")
        shown = {"text": fallback(message), "blocks": blocks(message)}
        if not root:
            return self._post(client, secret.channel, shown)
        if message.kind in NEEDS_A_PERSON:
            more = {"thread_ts": root, "reply_broadcast": True}
            return self._post(client, channel, {**shown, **more})
        return self._update(client, channel, root, shown)

    def _post(self, client: WebClient, channel: str, shown: dict[str, Any]) -> str:
        with _raising():
            answer = client.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, **shown
            )
        return _reference(answer)

    def _update(self, client: WebClient, channel: str, root: str, shown: dict[str, Any]) -> str:
        """Replace the first message; post another if it was deleted."""
        with _raising():
            try:
                return _reference(client.chat_update(channel=channel, ts=root, **shown))
            except SlackApiError as error:
                if _code(error) not in GONE:
                    raise
        return self._post(client, channel, shown)


def _reference(answer: SlackResponse) -> str:
    return f"{answer['channel']}/{answer['ts']}"


def _code(error: SlackApiError) -> str:
    """Return Slack's error code; a rate limit has an HTTP status alone."""
    return str(error.response.get("error") or f"HTTP {error.response.status_code}")


@contextmanager
def _raising() -> Iterator[None]:
    """Raise ChannelUnavailableError for every failure of Slack."""
    try:
        yield
    except SlackApiError as error:
        raise ChannelUnavailableError(f"slack: {_code(error)}") from error
    except (SlackClientError, OSError) as error:
        raise ChannelUnavailableError(f"slack: {type(error).__name__}") from error
