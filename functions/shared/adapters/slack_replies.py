"""A line that only the person sees who pressed a button."""

import json
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from functions.shared.adapters.channel_secrets import SlackSecret
from functions.shared.adapters.http_posting import Poster
from functions.shared.domain.errors import ChannelUnavailableError

HOOKS: Final = "https://hooks.slack.com"


class SlackReplies:
    """Replies at the address that came with the press, if that is Slack's."""

    def __init__(self, credentials: Callable[[], SlackSecret], poster: Poster) -> None:
        self._credentials, self._poster = credentials, poster

    def reply(self, response_url: str, text: str) -> bool:
        """Show the line; return whether that worked. The log has it anyway."""
        if _origin(response_url) not in {HOOKS, _origin(self._credentials().base_url)}:
            return False
        content = {"response_type": "ephemeral", "replace_original": False, "text": text}
        try:
            self._poster.post(response_url, json.dumps(content).encode(), {}, to="slack")
        except ChannelUnavailableError:
            return False
        return True


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
