"""A line that only the person sees who pressed a button."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from quorum.adapters.channels.channel_secrets import SlackSecret
from quorum.adapters.channels.http_posting import Poster
from quorum.domain.errors import ChannelUnavailableError

HOOKS: Final = "https://hooks.slack.com"


class SlackReplies:
    """Replies at the address that came with the press, if that is Slack's."""

    def __init__(self, credentials: Callable[[], SlackSecret], poster: Poster) -> None:
        self._credentials, self._poster = credentials, poster

    def reply(self, response_url: str, text: str) -> bool:
        """Show the line; return whether that worked. The log has it anyway."""
        if _origin(response_url) not in {HOOKS, *self._stand_in()}:
            return False
        content = {"response_type": "ephemeral", "replace_original": False, "text": text}
        try:
            answer = self._poster.post(response_url, json.dumps(content).encode(), {}, to="slack")
        except ChannelUnavailableError:
            return False
        return answer.status == HTTPStatus.OK

    def _stand_in(self) -> set[str]:
        """Return where a stand-in of this very machine answers: nobody else's address will do."""
        base_url = self._credentials().base_url
        return {_origin(base_url)} if base_url.startswith("http://") else set()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
