"""Signed webhook notifications, as https://www.standardwebhooks.com specifies them."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any, Final

from quorum.adapters.channels.channel_secrets import WebhookSecret
from quorum.adapters.channels.http_posting import Poster
from quorum.domain.canonical import digest
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.messages import Message
from quorum.ports.clock import Clock

PREFIX: Final = "whsec_"
REDIRECTION: Final = 300


class WebhookNotifier:
    """A `Notifier`. A reference is the webhook's id, equal for each repetition."""

    channel = "webhook"

    def __init__(
        self, credentials: Callable[[], WebhookSecret], poster: Poster, *, now: Clock
    ) -> None:
        self._credentials, self._poster, self._now = credentials, poster, now

    def send(self, message: Message) -> str:
        """Send the message; return its id."""
        secret, at = self._credentials(), self._now()
        found = message_id(message)
        body = json.dumps(content(message, at.isoformat())).encode()
        seconds = str(int(at.timestamp()))
        headers = {
            "webhook-id": found,
            "webhook-timestamp": seconds,
            "webhook-signature": signature(secret.secret, found, seconds, body),
        }
        answer = self._poster.post(secret.url, body, headers, to="webhook")
        if answer.status >= REDIRECTION:
            raise ChannelUnavailableError(f"webhook: HTTP {answer.status}")
        return found


def message_id(message: Message) -> str:
    """Return an id that depends on the message's incident, kind and text."""
    about = {"incident": message.incident_id, "kind": message.kind, "text": message.text}
    return f"msg_{digest(about)[:32]}"


def content(message: Message, at: str) -> dict[str, Any]:
    """Return the posted event. Its texts are data: the receiver has to escape them."""
    return {
        "type": f"incident.{message.kind}",
        "timestamp": at,
        "data": {
            "incidents": list(message.incidents or (message.incident_id,)),
            "subject": message.subject,
            "text": message.text,
            "approvals": [question.approval_id for question in message.questions],
            "links": [link.model_dump() for link in message.links],
        },
    }


def signature(secret: str, id_: str, seconds: str, body: bytes) -> str:
    """Return `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((id_.encode(), seconds.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
