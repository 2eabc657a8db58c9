"""Who says something, proved: nobody is believed who merely calls this function.

A press says itself what it is about, and must be about this very request. A token does not: the
request beside it is what its holder says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from quorum.domain import token_claims
from quorum.domain.commands import AnswerApproval, OrderUndo, TakeOver
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.errors import RefusedError
from quorum.domain.identity_proofs import PressProof, TokenProof
from quorum.domain.people import People, Person
from quorum.domain.slack_interactions import Press, SlackApp, origin_problem, parse
from quorum.domain.slack_signature import SignedBody, signature_problem
from quorum.ports.approvals import TokenReader
from quorum.ports.clock import Clock

Saying = AnswerApproval | TakeOver | OrderUndo
_LATE: Final = "the request is more than five minutes old"
_BUTTONS: Final = {"granted": "approve", "denied": "deny"}


class Said(NamedTuple):
    """Who said it, by which way in, and why in their own words, where they are known."""

    person: Person
    via: str
    reason: str
    incident_id: str | None = None
    """The incident that a press is about."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Knows the people. `slack` is None where Slack is no channel."""

    people: People
    tokens: TokenReader
    ours: token_claims.Audience
    slack: Callable[[], SlackApp] | None
    now: Clock

    def of(self, request: Saying) -> Said:
        """Return who says it, whose role lets them.

        Raises RefusedError and InvalidInputError: nobody whom we know, or they may not; and
        ChannelUnavailableError when Slack's secret cannot be read.
        """
        proof = request.proof
        said = (
            self._by_token(proof, request.reason)
            if isinstance(proof, TokenProof)
            else self._by_press(proof, request)
        )
        if not said.person.has(ESCALATION_LEVEL):
            raise RefusedError(f"{said.person.id} has no role {ESCALATION_LEVEL}")
        return said

    def _by_token(self, proof: TokenProof, reason: str) -> Said:
        found = self.tokens.read(proof.token)
        wrong = token_claims.claims_problem(found, self.ours, self.now())
        if wrong:
            raise RefusedError(wrong)
        person = token_claims.person_of_claims(found, self.people)
        if person is None:
            raise RefusedError("the token is genuine, and names nobody whom Quorum knows")
        return Said(person, "console", reason)

    def _by_press(self, proof: PressProof, request: Saying) -> Said:
        press = self._signed(proof.sent)
        person = self.people.by_slack(press.member)
        if person is None:
            raise RefusedError("Slack knows you, Quorum does not")
        reason = _about(press, request)
        return Said(person, "slack", reason, press.incident_id)

    def _signed(self, sent: SignedBody) -> Press:
        if self.slack is None:
            raise RefusedError("Slack is no channel of this deployment")
        app = self.slack()
        wrong = signature_problem(sent, app.signing_secret, self.now())
        if wrong:
            raise RefusedError(_LATE if wrong == "late" else "the press is not signed by Slack")
        press = parse(sent.body)
        elsewhere = origin_problem(press, app)
        if elsewhere:
            raise RefusedError(elsewhere)
        return press


def _about(press: Press, request: Saying) -> str:
    """Return why it was pressed. Raises RefusedError unless the press says what the request does.

    A button has no words and no choices: neither is taken from whoever brings the press.
    """
    same = False
    if isinstance(request, AnswerApproval):
        button = (_BUTTONS[request.answer], request.approval_id, None)
        same = (press.action, press.approval_id, request.action) == button
    if isinstance(request, TakeOver):
        same = (press.action, press.incident_id) == ("take_over", request.incident_id)
    if not same:
        raise RefusedError("the button that was pressed says something else")
    return "taken over by a button in Slack" if press.action == "take_over" else ""
