"""Presses of buttons as Slack sends them, signed or not, and a function's URL around them."""

import json
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from functions.slack.queued_interaction import received
from quorum.domain.slack_signature import SignedBody, sign
from tests.builders.events import INCIDENT

SECRET: Final = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - published
ADA: Final = "U0ADA"
APPROVAL: Final = "a" * 32


def payload(
    action: str = "approve", member: str = ADA, approval: str = APPROVAL, **other: Any
) -> dict[str, Any]:
    """Return a `block_actions` payload, as
    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload shows it."""
    pressed = {
        "type": "button",
        "action_id": action,
        "block_id": f"{INCIDENT}:{approval}",
        "value": approval,
        "action_ts": "1548426417.840180",
    }
    return {
        "type": "block_actions",
        "team": {"id": "T9TK3CUKW", "domain": "example"},
        "user": {"id": member, "username": "member", "team_id": "T9TK3CUKW"},
        "api_app_id": "AABA1ABCD",
        "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "response_url": "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209",
        "actions": [pressed],
        **other,
    }


def request(
    content: dict[str, Any], at: datetime, *, secret: str = SECRET, body: str | None = None
) -> dict[str, Any]:
    """Return the event of a function's URL for this press, signed with the secret at that time."""
    text = urlencode({"payload": json.dumps(content)})
    seconds = str(int(at.timestamp()))
    return {
        "version": "2.0",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": seconds,
            "x-slack-signature": sign(secret, seconds, text.encode()),
        },
        "body": text if body is None else body,
        "isBase64Encoded": False,
    }


def signed(content: dict[str, Any], at: datetime, *, secret: str = SECRET) -> SignedBody:
    """Return the press as the webhook queues it."""
    return received(request(content, at, secret=secret))
