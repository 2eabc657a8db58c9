"""What the door hands on to be worked on: the request as it came, which proves itself again."""

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


class Work(Record):
    """A request that the door has seen. `refused` is what the door itself found wrong."""

    operation: Literal["press"] = "press"
    sent: SignedBody
    refused: Refused | None = None


def received(event: Mapping[str, Any]) -> SignedBody:
    """Return what was sent to the function's URL. Raises InvalidInputError for no such request."""
    headers = {name.lower(): str(value) for name, value in event["headers"].items()}
    try:
        return SignedBody(
            body=_body(event),
            timestamp=headers.get(TIMESTAMP, ""),
            signature=headers.get(SIGNATURE, ""),
        )
    except (ValidationError, ValueError) as error:
        raise InvalidInputError("body: not a form of Slack's") from error


def _body(event: Mapping[str, Any]) -> str:
    body = str(event.get("body") or "")
    if len(body) > 2 * LONGEST_BODY:
        raise InvalidInputError("body: too long for a button")
    return base64.b64decode(body).decode() if event.get("isBase64Encoded") else body
