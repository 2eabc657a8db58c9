"""PagerDuty notifications by the Events API v2: one alert per incident, trigger to resolve."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from quorum.adapters.channels.channel_secrets import PagerDutySecret
from quorum.adapters.channels.http_posting import Poster
from quorum.domain.errors import ChannelUnavailableError
from quorum.domain.events import MessageKind
from quorum.domain.messages import Message

ACCEPTED: Final = 202
SUMMARY_LENGTH: Final = 1_024
DETAILS_LENGTH: Final = 100_000
"""PagerDuty's maximum is 512 KB per event."""
SEVERAL: Final = "quorum-several"
"""The key of the alert about several incidents, which a person resolves in PagerDuty."""
_EVENTS: Final[Mapping[MessageKind, tuple[str, str]]] = {
    "opened": ("trigger", "warning"),
    "decision": ("trigger", "warning"),
    "approval_wanted": ("trigger", "error"),
    "escalated": ("trigger", "critical"),
    "answered": ("acknowledge", "info"),
    "resolved": ("resolve", "info"),
    "dismissed": ("resolve", "info"),
}


class PagerDutyNotifier:
    """A `Notifier`. A reference is the alert's key; a repeated event changes nothing."""

    channel = "pagerduty"

    def __init__(self, credentials: Callable[[], PagerDutySecret], poster: Poster) -> None:
        self._credentials, self._poster = credentials, poster

    def send(self, message: Message) -> str:
        """Trigger, acknowledge or resolve the incident's alert; return its key."""
        secret, content = self._credentials(), event(message)
        answer = self._poster.post(
            f"{secret.base_url.rstrip('/')}/v2/enqueue",
            json.dumps({"routing_key": secret.routing_key, **content}).encode(),
            {},
            to="pagerduty",
        )
        if answer.status != ACCEPTED:
            raise ChannelUnavailableError(f"pagerduty: HTTP {answer.status}: {answer.data[:300]!r}")
        return str(content["dedup_key"])


def event(message: Message) -> dict[str, Any]:
    """Return the event without the routing key."""
    action, severity = ("trigger", "error") if message.incidents else _EVENTS[message.kind]
    details = {"incidents": list(message.incidents)} if message.incidents else {}
    return {
        "event_action": action,
        "dedup_key": SEVERAL if message.incidents else _key(message.incident_id),
        "client": "Quorum",
        "links": [link.model_dump() for link in message.links],
        "payload": {
            "summary": message.subject[:SUMMARY_LENGTH],
            "source": "quorum",
            "severity": severity,
            "class": message.kind,
            "custom_details": {
                "incident": message.incident_id,
                "report": message.text[:DETAILS_LENGTH],
                "approvals": [question.approval_id for question in message.questions],
                **details,
            },
        },
    }


def _key(incident_id: str) -> str:
    return f"quorum-{incident_id}"
