"""Slack replies: to the person who pressed a button, and in the thread of a question."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from quorum.adapters.channels.channel_secrets import SlackSecret
from quorum.adapters.channels.http_posting import HttpReply, Poster
from quorum.domain.errors import ChannelUnavailableError

HOOKS: Final = "https://hooks.slack.com"


class SlackReplies:
    """Replies at the response URL of a press, if that is Slack's."""

    def __init__(self, credentials: Callable[[], SlackSecret], poster: Poster) -> None:
        self._credentials, self._poster = credentials, poster

    def reply(self, response_url: str, text: str) -> bool:
        """Send the line; return whether that worked. The log has the outcome in any case."""
        if _origin(response_url) not in {HOOKS, *self._stand_in()}:
            return False
        content = {"response_type": "ephemeral", "replace_original": False, "text": text}
        try:
            answer = self._poster.post(response_url, json.dumps(content).encode(), {}, to="slack")
        except ChannelUnavailableError:
            return False
        return answer.status == HTTPStatus.OK

    def post(self, channel: str, thread: str, text: str) -> None:
        """Add a message of mrkdwn to the thread. Raises ChannelUnavailableError."""
        secret = self._credentials()
        content = {
            "channel": channel,
            "thread_ts": thread,
            "text": text,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        url = f"{secret.base_url.rstrip('/')}/chat.postMessage"
        bearer = {"Authorization": f"Bearer {secret.token}"}
        answer = self._poster.post(url, json.dumps(content).encode(), bearer, to="slack")
        problem = _problem(answer)
        if problem:
            raise ChannelUnavailableError(f"slack: {problem}")

    def _stand_in(self) -> set[str]:
        """Return the origin of a stand-in on this machine; no other address is allowed."""
        base_url = self._credentials().base_url
        return {_origin(base_url)} if base_url.startswith("http://") else set()


def _problem(answer: HttpReply) -> str:
    """Return why Slack did not take the message, or nothing; its errors have the status 200."""
    if answer.status != HTTPStatus.OK:
        return f"HTTP {answer.status}"
    try:
        found = json.loads(answer.data)
    except ValueError:
        return "the response is not JSON"
    return "" if found.get("ok") is True else str(found.get("error", "unknown"))[:80]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
