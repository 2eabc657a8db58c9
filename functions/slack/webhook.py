"""The door for Slack: looks at who knocks, answers at once, and has the work done elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple

from functions.slack.work import Refused, Work, received
from quorum.domain.errors import InvalidInputError
from quorum.domain.slack_interactions import parse
from quorum.domain.slack_signature import WINDOW_SECONDS, SignedBody, signature_problem
from quorum.ports.clock import Clock
from quorum.ports.execution import Claims

CLAIMED: Final = timedelta(seconds=2 * WINDOW_SECONDS)
"""A timestamp may be five minutes ahead, and is then good for ten."""

Verdict = Literal["accepted", "forged", "late", "replayed", "unreadable"]
_STATUS: Final[Mapping[Verdict, int]] = {
    "accepted": 200,
    "forged": 401,
    "late": 401,
    "replayed": 409,
    "unreadable": 400,
}


class Answer(NamedTuple):
    """What the door says, and why: nothing that helps whoever tries."""

    verdict: Verdict

    def response(self) -> dict[str, Any]:
        """Return the answer as a function's URL gives it."""
        return {"statusCode": _STATUS[self.verdict], "body": ""}


@dataclass(frozen=True, slots=True)
class Door:
    """Takes requests of the function's URL. `hand_on` does not wait for the work."""

    signing_secret: Callable[[], str]
    claims: Claims
    hand_on: Callable[[Work], None]
    now: Clock

    def knock(self, event: Mapping[str, Any]) -> Answer:
        """Return what is said to the request.

        Raises ChannelUnavailableError, StoreUnavailableError: Slack then shows the person that
        nothing was taken, and they press again.
        """
        try:
            sent = received(event)
            found = signature_problem(sent, self.signing_secret(), self.now())
            if found == "forged":
                return Answer("forged")
            parse(sent.body)
        except InvalidInputError:
            return Answer("unreadable")
        refused = found or self._replayed(sent)
        self.hand_on(Work(sent=sent, refused=refused))
        return Answer(refused or "accepted")

    def _replayed(self, sent: SignedBody) -> Refused | None:
        key = f"press#{sha256(sent.signature.encode()).hexdigest()}"
        return None if self.claims.once(key, self.now() + CLAIMED) else "replayed"
