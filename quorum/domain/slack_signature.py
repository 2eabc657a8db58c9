"""Verification that a request is from Slack and recent.

Version 0 of https://docs.slack.dev/authentication/verifying-requests-from-slack: an HMAC-SHA256
over `v0:timestamp:body` with the app's signing secret, over the raw body: a parsed and
re-serialised body would differ.
"""

import hmac
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from quorum.domain.base import Record

WINDOW_SECONDS: Final = 300
VERSION: Final = "v0"
LONGEST_BODY: Final = 200_000

SignatureProblem = Literal["forged", "late"]


class SignedBody(Record):
    """A request as received, so that each later reader can verify its signature again."""

    body: Annotated[str, Field(pattern=r"^[\x21-\x7e]*$", max_length=LONGEST_BODY, repr=False)]
    """The raw body. A form is ASCII without spaces."""
    timestamp: Annotated[str, Field(max_length=20)]
    signature: Annotated[str, Field(max_length=100)]


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature that Slack sends with this body."""
    signed = b":".join((VERSION.encode(), timestamp.encode(), body))
    return f"{VERSION}={hmac.digest(secret.encode(), signed, 'sha256').hex()}"


def signature_problem(sent: SignedBody, secret: str, now: datetime) -> SignatureProblem | None:
    """Return what is wrong with the request, or None.

    Only a signed request can be late: the timestamp of a forged one is not checked.
    """
    expected = sign(secret, sent.timestamp, sent.body.encode())
    genuine = hmac.compare_digest(expected.encode(), sent.signature.encode())
    if not genuine or not (sent.timestamp.isascii() and sent.timestamp.isdigit()):
        return "forged"
    return "late" if abs(now.timestamp() - int(sent.timestamp)) > WINDOW_SECONDS else None
