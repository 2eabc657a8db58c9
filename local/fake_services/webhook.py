"""Receiver of webhooks that verifies them by https://www.standardwebhooks.com."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from local.fake_services.service import FakeService, Reply, Request

SECRET = "whsec_" + base64.b64encode(b"a fake secret, 32 bytes exactly.").decode()
TOLERANCE_SECONDS = 300


class FakeWebhookReceiver(FakeService):
    """A receiver; `events` holds each event once, by its id."""

    def __init__(self) -> None:
        super().__init__()
        self.events: dict[str, dict[str, Any]] = {}

    @property
    def secret(self) -> str:
        """Return the content of a secret that points a client at this fake."""
        return json.dumps({"url": f"{self.url}/hook", "secret": SECRET})

    def reply(self, request: Request) -> Reply:
        """Return 204 for a request with a valid signature and a recent time, 401 for any other."""
        found, at = (request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp"))
        given = request.headers.get("webhook-signature", "").split()
        signed = f"{found}.{at}.".encode() + request.body
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        fresh = at.isdigit() and abs(time.time() - int(at)) <= TOLERANCE_SECONDS
        if not fresh or not any(hmac.compare_digest(f"v1,{wanted}", one) for one in given):
            return Reply(401, {"error": "bad signature"})
        self.events[found] = json.loads(request.body)
        return Reply(204)
