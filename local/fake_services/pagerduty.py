"""PagerDuty's Events API v2: POST /v2/enqueue.

Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ and its status codes: 202
with the key, 400 with the event's errors, 429 over the limit.
"""

import json
from typing import Any

from local.fake_services.service import BUSY, FakeService, Limit, Reply, Request

ROUTING_KEY = "0123456789abcdef0123456789abcdef"
SEVERITIES = frozenset({"critical", "error", "warning", "info"})
ACTIONS = {"trigger": "triggered", "acknowledge": "acknowledged", "resolve": "resolved"}
SUMMARY_LENGTH = 1_024
KEY_LENGTH = 255


class FakePagerDuty(FakeService):
    """A service with one integration; `alerts` maps keys to states, `events` are those accepted."""

    def __init__(self, most: int = 2, seconds: float = 60.0) -> None:
        super().__init__()
        self.alerts: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        self._limit = Limit(most, seconds)

    @property
    def secret(self) -> str:
        """Return the content of a secret that points a client at this fake."""
        return json.dumps({"routing_key": ROUTING_KEY, "base_url": self.url})

    def reply(self, request: Request) -> Reply:
        """Return PagerDuty's response."""
        if request.path != "/v2/enqueue":
            return Reply(404, {"status": "not found"})
        if self._limit.wait():
            return Reply(BUSY, {"status": "throttle exceeded", "message": "Requests are limited"})
        event = json.loads(request.body)
        wrong = _flaws(event)
        if wrong:
            content = {"status": "invalid event", "message": "Event object is invalid"}
            return Reply(400, {**content, "errors": wrong})
        self.events.append(event)
        self._apply(event["event_action"], event["dedup_key"])
        content = {"status": "success", "message": "Event processed"}
        return Reply(202, {**content, "dedup_key": event["dedup_key"]})

    def _apply(self, action: str, key: str) -> None:
        """Apply an action; other actions than `trigger` have no effect without an open alert."""
        open_ = self.alerts.get(key) in {"triggered", "acknowledged"}
        if action == "trigger":
            self.alerts[key] = self.alerts[key] if open_ else ACTIONS[action]
        elif open_:
            self.alerts[key] = ACTIONS[action]


def _flaws(event: dict[str, Any]) -> list[str]:
    payload, action = event.get("payload") or {}, event.get("event_action")
    wrong = {
        "'routing_key' is invalid": event.get("routing_key") != ROUTING_KEY,
        "'event_action' is invalid": action not in ACTIONS,
        "'dedup_key' is missing or too long": not 0 < len(event.get("dedup_key", "")) <= KEY_LENGTH,
        "'links' need an href": not all(link.get("href") for link in event.get("links", [])),
    }
    if action == "trigger":
        wrong |= {
            "'payload.summary' is missing or too long": not (
                0 < len(payload.get("summary", "")) <= SUMMARY_LENGTH
            ),
            "'payload.source' is missing": not payload.get("source"),
            "'payload.severity' is invalid": payload.get("severity") not in SEVERITIES,
        }
    return [what for what, true in wrong.items() if true]
