"""Slack's webhook: verifies each request, answers within three seconds, and queues the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple

from functions.slack.queued_interaction import QueuedInteraction, Refused, received
from quorum.domain.errors import InvalidInputError
from quorum.domain.slack_interactions import parse
from quorum.domain.slack_signature import WINDOW_SECONDS, SignedBody, signature_problem
from quorum.ports.clock import Clock
from quorum.ports.execution import Claims

CLAIMED: Final = timedelta(seconds=2 * WINDOW_SECONDS)
"""A timestamp may be five minutes ahead, so it is valid for ten."""

Verdict = Literal["accepted", "forged", "late", "replayed", "unreadable"]
_STATUS: Final[Mapping[Verdict, int]] = {
    "accepted": 200,
    "forged": 401,
    "late": 401,
    "replayed": 409,
    "unreadable": 400,
}


class WebhookResponse(NamedTuple):
    """The verdict on a request; its HTTP response says nothing that would help an attacker."""

    verdict: Verdict

    def response(self) -> dict[str, Any]:
        """Return the HTTP response in the form of a function URL."""
        return {"statusCode": _STATUS[self.verdict], "body": ""}


@dataclass(frozen=True, slots=True)
class SlackWebhook:
    """Receives the requests of the function's URL. `enqueue` does not wait for the work."""

    signing_secret: Callable[[], str]
    claims: Claims
    enqueue: Callable[[QueuedInteraction], None]
    now: Clock

    def receive(self, event: Mapping[str, Any]) -> WebhookResponse:
        """Return the response to a request; queue it if Slack signed it.

        Raises ChannelUnavailableError, StoreUnavailableError: Slack then shows the person an error,
        and they press again.
        """
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

    def _replayed(self, sent: SignedBody) -> Refused | None:
        key = f"press#{sha256(sent.signature.encode()).hexdigest()}"
        return None if self.claims.once(key, self.now() + CLAIMED) else "replayed"
