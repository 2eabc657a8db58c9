"""The requests that the webhook queues for the handlers: as sent, so each proves itself."""

import base64
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import ValidationError

from quorum.domain.base import Record
from quorum.domain.errors import InvalidInputError
from quorum.domain.slack_mentions import SignedEvent
from quorum.domain.slack_signature import LONGEST_BODY, SignedBody

TIMESTAMP: Final = "x-slack-request-timestamp"
SIGNATURE: Final = "x-slack-signature"
Refused = Literal["late", "replayed"]


class QueuedInteraction(Record):
    """A signed request; `refused` is the webhook's own objection to it."""

    operation: Literal["press"] = "press"
    sent: SignedBody
    refused: Refused | None = None


class QueuedMention(Record):
    """A signed event of the Events API, which mentions the app."""

    operation: Literal["mention"] = "mention"
    sent: SignedEvent


def is_event(event: Mapping[str, Any]) -> bool:
    """Return whether the request is of the Events API: JSON, where a press is a form."""
    kind = str(_headers(event).get("content-type", ""))
    return kind.partition(";")[0].strip().lower() == "application/json"


def received_event(event: Mapping[str, Any]) -> SignedEvent:
    """Return the signed event of a function URL's event. Raises InvalidInputError for any other."""
    try:
        return SignedEvent.model_validate(_signed(event))
    except ValidationError as error:
        raise InvalidInputError("body: not a Slack event") from error


def received(event: Mapping[str, Any]) -> SignedBody:
    """Return the signed form of a function URL's event. Raises InvalidInputError for any other."""
    try:
        return SignedBody.model_validate(_signed(event))
    except ValidationError as error:
        raise InvalidInputError("body: not a Slack form") from error


def _signed(event: Mapping[str, Any]) -> dict[str, str]:
    headers = _headers(event)
    try:
        body = _body(event)
    except ValueError as error:
        raise InvalidInputError("body: not text") from error
    return {
        "body": body,
        "timestamp": headers.get(TIMESTAMP, ""),
        "signature": headers.get(SIGNATURE, ""),
    }


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in event["headers"].items()}


def _body(event: Mapping[str, Any]) -> str:
    body = str(event.get("body") or "")
    if len(body) > 2 * LONGEST_BODY:
        raise InvalidInputError("body: too long")
    return base64.b64decode(body).decode() if event.get("isBase64Encoded") else body
