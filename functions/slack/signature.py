"""Whether a request is Slack's own, and of now.

Version 0 of https://docs.slack.dev/authentication/verifying-requests-from-slack: an HMAC-SHA256
over `v0:timestamp:body` with the app's signing secret. The body is the raw one: parsed and written
again it would be another.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

WINDOW_SECONDS: Final = 300
VERSION: Final = "v0"
TIMESTAMP: Final = "x-slack-request-timestamp"
SIGNATURE: Final = "x-slack-signature"

Flaw = Literal["forged", "late"]


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature that Slack sends with the body."""
    signed = b":".join((VERSION.encode(), timestamp.encode(), body))
    return f"{VERSION}={hmac.digest(secret.encode(), signed, 'sha256').hex()}"


def flaw(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Flaw | None:
    """Return what is wrong with the request, or None. Header names are in lower case.

    Only what is signed can be late: a forged request says nothing, not even when it was made.
    """
    timestamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    wanted = sign(secret, timestamp, body)
    if not hmac.compare_digest(wanted.encode(), given.encode()) or not timestamp.isdigit():
        return "forged"
    return "late" if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS else None
