"""Slack's Web API: chat.postMessage, chat.update, and the response URLs of interactions.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage and chat.update, and
https://docs.slack.dev/apis/web-api/rate-limits (one message per second and channel; 429 with
Retry-After). Errors are HTTP 200 with `ok: false`, as there.
"""

import itertools
import json
import threading
from typing import Any
from urllib.parse import parse_qs

from local.fake_services.service import BUSY, FakeService, Limit, Reply, Request

TOKEN = "xoxb-fake"  # noqa: S105 - valid at the fake alone
CHANNEL = "C0QUORUM"
TEAM, APP = "T9TK3CUKW", "AABA1ABCD"
"""The workspace and the app of Slack's own example of an interaction."""
SIGNING_SECRET = "a-fake-signing-secret"  # noqa: S105
MOST_BLOCKS = 50
BLOCK_LENGTH = 3_000
HEADER_LENGTH = 150
TEXT_LENGTH = 40_000


class FakeSlack(FakeService):
    """A workspace with one channel; `messages` maps `ts` to the current messages."""

    def __init__(self, most: int = 1, seconds: float = 1.0) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}
        self.replies: list[dict[str, Any]] = []
        """The messages posted to response URLs."""
        self._limit, self._lock = Limit(most, seconds), threading.Lock()
        self._count = itertools.count(1)

    @property
    def secret(self) -> str:
        """Return the content of a secret that points a client at this fake."""
        return json.dumps(
            {
                "token": TOKEN,
                "channel": CHANNEL,
                "signing_secret": SIGNING_SECRET,
                "team": TEAM,
                "app": APP,
                "base_url": f"{self.url}/api/",
            }
        )

    def reply(self, request: Request) -> Reply:
        """Return Slack's response."""
        if request.path.startswith("/actions/"):
            self.replies.append(json.loads(request.body))
            return Reply(200)
        methods = {"/api/chat.postMessage": self._post, "/api/chat.update": self._update}
        method = methods.get(request.path)
        if method is None:
            return _error("unknown_method")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error("invalid_auth" if "authorization" in request.headers else "not_authed")
        wait = self._limit.wait()
        if wait:
            return Reply(BUSY, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)})
        sent = _arguments(request)
        wrong = _flaw(sent)
        return _error(wrong) if wrong else method(sent)

    def _post(self, sent: dict[str, Any]) -> Reply:
        if sent.get("thread_ts") and sent["thread_ts"] not in self.messages:
            return _error("thread_not_found")
        with self._lock:
            ts = f"{1_700_000_000 + next(self._count)}.000100"
            self.messages[ts] = {**sent, "ts": ts, "edits": 0}
        return Reply(200, {"ok": True, "channel": CHANNEL, "ts": ts, "message": sent})

    def _update(self, sent: dict[str, Any]) -> Reply:
        with self._lock:
            before = self.messages.get(str(sent.get("ts")))
            if before is None:
                return _error("message_not_found")
            self.messages[sent["ts"]] = {**before, **sent, "edits": before["edits"] + 1}
        return Reply(200, {"ok": True, "channel": CHANNEL, "ts": sent["ts"], "text": sent["text"]})


def _arguments(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(request.body))
    found: dict[str, Any] = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
    return {**found, **({"blocks": json.loads(found["blocks"])} if "blocks" in found else {})}


def _flaw(sent: dict[str, Any]) -> str | None:
    blocks = sent.get("blocks", [])
    if sent.get("channel") != CHANNEL:
        return "channel_not_found"
    if not sent.get("text") and not blocks:
        return "no_text"
    if len(sent.get("text", "")) > TEXT_LENGTH:
        return "msg_too_long"
    if len(blocks) > MOST_BLOCKS or not all(map(_fits, blocks)):
        return "invalid_blocks"
    return None


def _fits(block: dict[str, Any]) -> bool:
    """Return whether the block is valid Block Kit."""
    match block:
        case {"type": "header", "text": {"type": "plain_text", "text": text}}:
            return 0 < len(text) <= HEADER_LENGTH
        case {"type": "section", "text": {"type": "mrkdwn", "text": text}}:
            return 0 < len(text) <= BLOCK_LENGTH
        case {"type": "actions", "elements": [*buttons], "block_id": str(name)}:
            known = all(b["type"] == "button" and len(b["value"]) <= 2_000 for b in buttons)  # noqa: PLR2004
            return known and 0 < len(buttons) <= 25 and len(name) <= 255  # noqa: PLR2004
        case {"type": "context", "elements": [*elements]}:
            return 0 < len(elements) <= 10  # noqa: PLR2004
        case _:
            return False


def _error(code: str) -> Reply:
    return Reply(200, {"ok": False, "error": code})
