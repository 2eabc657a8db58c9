"""Slack's webhook: verifies each request, answers within three seconds, and queues the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple

from functions.slack.queued_interaction import (
    QueuedInteraction,
    QueuedMention,
    Refused,
    is_event,
    received,
    received_event,
)
from quorum.domain.errors import InvalidInputError
from quorum.domain.slack_interactions import parse
from quorum.domain.slack_mentions import Challenge, parse_event
from quorum.domain.slack_signature import WINDOW_SECONDS, SignedBody, signature_problem
from quorum.ports.clock import Clock
from quorum.ports.execution import Claims

CLAIMED: Final = timedelta(seconds=2 * WINDOW_SECONDS)
"""A timestamp may be five minutes ahead, so it is valid for ten."""

KEPT: Final = timedelta(hours=2)
"""Slack repeats an event for at most an hour."""

Verdict = Literal["accepted", "repeated", "challenge", "forged", "late", "replayed", "unreadable"]
_STATUS: Final[Mapping[Verdict, int]] = {
    "accepted": 200,
    "repeated": 200,
    "challenge": 200,
    "forged": 401,
    "late": 401,
    "replayed": 409,
    "unreadable": 400,
}


class WebhookResponse(NamedTuple):
    """The verdict on a request; its HTTP response says nothing that would help an attacker."""

    verdict: Verdict
    body: str = ""

    def response(self) -> dict[str, Any]:
        """Return the HTTP response in the form of a function URL."""
        return {"statusCode": _STATUS[self.verdict], "body": self.body}


@dataclass(frozen=True, slots=True)
class SlackWebhook:
    """Receives the requests of the function's URL. `enqueue` does not wait for the work."""

    signing_secret: Callable[[], str]
    claims: Claims
    enqueue: Callable[[QueuedInteraction | QueuedMention], None]
    now: Clock

    def receive(self, event: Mapping[str, Any]) -> WebhookResponse:
        """Return the response to a request; queue it if Slack signed it.

        Raises ChannelUnavailableError, StoreUnavailableError: Slack then shows the person an error,
        and they press again.
        """
        if is_event(event):
            return self._receive_event(event)
        try:
            sent = received(event)
            found = signature_problem(sent, self.signing_secret(), self.now())
            if found == "forged":
                return WebhookResponse("forged")
            parse(sent.body)
        except InvalidInputError:
            return WebhookResponse("unreadable")
        refused = found or self._replayed(sent)
        self.enqueue(QueuedInteraction(sent=sent, refused=refused))
        return WebhookResponse(refused or "accepted")

    def _receive_event(self, event: Mapping[str, Any]) -> WebhookResponse:
        """Queue a mention once: Slack sends an event again until it is answered."""
        try:
            sent = received_event(event)
            found = signature_problem(sent, self.signing_secret(), self.now())
            if found is not None:
                return WebhookResponse(found)
            request = parse_event(sent.body)
        except InvalidInputError:
            return WebhookResponse("unreadable")
        if isinstance(request, Challenge):
            return WebhookResponse("challenge", request.challenge)
        if not self.claims.once(f"mention#{request.event_id}", self.now() + KEPT):
            return WebhookResponse("repeated")
        self.enqueue(QueuedMention(sent=sent))
        return WebhookResponse("accepted")

    def _replayed(self, sent: SignedBody) -> Refused | None:
        key = f"press#{sha256(sent.signature.encode()).hexdigest()}"
        return None if self.claims.once(key, self.now() + CLAIMED) else "replayed"
