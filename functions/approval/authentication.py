"""Authentication of people's commands: a caller of this function proves nothing by calling it.

A Slack press carries its own content, which has to match the request. A token carries only an
identity: the request beside it is taken as its holder's.
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

PersonCommand = AnswerApproval | TakeOver | OrderUndo
_LATE: Final = "the request is more than five minutes old"
_BUTTONS: Final = {"granted": "approve", "denied": "deny"}


class AuthenticatedCaller(NamedTuple):
    """An authenticated person, the channel, and their reason if known."""

    person: Person
    via: str
    reason: str
    incident_id: str | None = None
    """The incident of a Slack press."""


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Authentication against the `people` list. `slack` is None if Slack is not configured."""

    people: People
    tokens: TokenReader
    audience: token_claims.Audience
    slack: Callable[[], SlackApp] | None
    now: Clock

    def authenticate(self, request: PersonCommand) -> AuthenticatedCaller:
        """Return the authenticated person, who has to hold the approver role.

        Raises RefusedError and InvalidInputError if the proof is invalid, the person is unknown or
        lacks the role, and ChannelUnavailableError if Slack's secret cannot be read.
        """
        proof = request.proof
        caller = (
            self._token_caller(proof, request.reason)
            if isinstance(proof, TokenProof)
            else self._press_caller(proof, request)
        )
        if not caller.person.has(ESCALATION_LEVEL):
            raise RefusedError(f"{caller.person.id} does not have the role {ESCALATION_LEVEL}")
        return caller

    def _token_caller(self, proof: TokenProof, reason: str) -> AuthenticatedCaller:
        claims = self.tokens.read(proof.token)
        problem = token_claims.claims_problem(claims, self.audience, self.now())
        if problem:
            raise RefusedError(problem)
        person = token_claims.person_of_claims(claims, self.people)
        if person is None:
            raise RefusedError("the token is valid, but its user is not in Quorum's `people` list")
        return AuthenticatedCaller(person, "console", reason)

    def _press_caller(self, proof: PressProof, request: PersonCommand) -> AuthenticatedCaller:
        press = self._verified_press(proof.sent)
        person = self.people.by_slack(press.member)
        if person is None:
            raise RefusedError("your Slack user is not in Quorum's `people` list")
        reason = _press_reason(press, request)
        return AuthenticatedCaller(person, "slack", reason, press.incident_id)

    def _verified_press(self, sent: SignedBody) -> Press:
        if self.slack is None:
            raise RefusedError("Slack is not configured in this deployment")
        app = self.slack()
        problem = signature_problem(sent, app.signing_secret, self.now())
        if problem:
            raise RefusedError(
                _LATE if problem == "late" else "the interaction is not signed by Slack"
            )
        press = parse(sent.body)
        mismatch = origin_problem(press, app)
        if mismatch:
            raise RefusedError(mismatch)
        return press


def _press_reason(press: Press, request: PersonCommand) -> str:
    """Return the reason of the press. Raises RefusedError unless it matches the request.

    A button has no free text and no choices: neither is accepted from whatever forwards the press.
    """
    matches = False
    if isinstance(request, AnswerApproval):
        button = (_BUTTONS[request.answer], request.approval_id, None)
        matches = (press.action, press.approval_id, request.action) == button
    if isinstance(request, TakeOver):
        matches = (press.action, press.incident_id) == ("take_over", request.incident_id)
    if not matches:
        raise RefusedError("the pressed button does not match the request")
    return "taken over by a button in Slack" if press.action == "take_over" else ""
