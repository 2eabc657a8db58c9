"""The request that the webhook queues for the interaction handler: as sent, so it proves itself."""

import base64
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import ValidationError

from quorum.domain.base import Record
from quorum.domain.errors import InvalidInputError
from quorum.domain.slack_signature import LONGEST_BODY, SignedBody

TIMESTAMP: Final = "x-slack-request-timestamp"
SIGNATURE: Final = "x-slack-signature"
Refused = Literal["late", "replayed"]


class QueuedInteraction(Record):
    """A signed request; `refused` is the webhook's own objection to it."""

    operation: Literal["press"] = "press"
    sent: SignedBody
    refused: Refused | None = None


def received(event: Mapping[str, Any]) -> SignedBody:
    """Return the signed body of a function URL's event. Raises InvalidInputError for any other."""
    headers = {name.lower(): str(value) for name, value in event["headers"].items()}
    try:
        return SignedBody(
            body=_body(event),
            timestamp=headers.get(TIMESTAMP, ""),
            signature=headers.get(SIGNATURE, ""),
        )
    except (ValidationError, ValueError) as error:
        raise InvalidInputError("body: not a Slack form") from error


def _body(event: Mapping[str, Any]) -> str:
    body = str(event.get("body") or "")
    if len(body) > 2 * LONGEST_BODY:
        raise InvalidInputError("body: too long for a button")
    return base64.b64decode(body).decode() if event.get("isBase64Encoded") else body
