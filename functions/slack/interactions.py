"""Handling of a pressed Slack button: identify the person, check the role, call the approval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from functions.slack.queued_interaction import QueuedInteraction
from quorum.application.recorder import Header, Recorder
from quorum.domain.base import OutsiderText
from quorum.domain.commands import AnswerApproval, Command, TakeOver
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.events import ApprovalRefused, ApprovalRequested, IncidentEvent
from quorum.domain.identity_proofs import PressProof
from quorum.domain.people import People, Person
from quorum.domain.slack_interactions import Press, SlackApp, origin_problem, parse
from quorum.domain.slack_signature import SignedBody, signature_problem
from quorum.ports.clock import Clock

VIA: Final = "slack"
_UNKNOWN: Final = "your Slack user is not in Quorum's `people` list"
Why = Literal["unauthorised", "late", "replayed", "not_taken"]
_REASONS: Final[dict[str, str]] = {
    "late": "the request is more than five minutes old",
    "replayed": "the request was already received",
}


class InteractionReply(NamedTuple):
    """The refusal of a press, or None, and the reply to the person."""

    refused: Why | Literal["unknown"] | None
    reply: str


@dataclass(frozen=True, slots=True)
class InteractionHandler:
    """Handles the presses that the webhook queued, and replies to the person.

    `approve` calls the approval function, which verifies the press itself and raises RefusedError
    with its reason; `reply` shows one person a line and never fails.
    """

    recorder: Recorder
    people: People
    app: Callable[[], SlackApp]
    now: Clock
    approve: Callable[[dict[str, Any]], dict[str, Any]]
    reply: Callable[[str, str], None]

    def handle(self, queued: QueuedInteraction) -> InteractionReply:
        """Answer the approval request, or record the refusal.

        Raises InvalidInputError for a press that Slack did not sign, or of a request that the log
        does not hold.
        """
        app = self.app()
        if signature_problem(queued.sent, app.signing_secret, self.now()) == "forged":
            raise InvalidInputError("the press is not signed by Slack")
        press = parse(queued.sent.body)
        asked, elsewhere = self._asked(press), origin_problem(press, app)
        person = None if elsewhere else self.people.by_slack(press.member)
        if queued.refused:
            return self._refuse(press, person, queued.refused, _REASONS[queued.refused])
        if elsewhere:
            return self._refuse(press, None, "unauthorised", elsewhere)
        if person is None:
            return self._refuse(press, None, "unauthorised", _UNKNOWN)
        if not person.has(asked.level):
            reason = f"you need the role {asked.level} to answer this request"
            return self._refuse(press, person, "unauthorised", reason)
        return self._answer(press, person, queued.sent)

    def _answer(self, press: Press, person: Person, sent: SignedBody) -> InteractionReply:
        try:
            done = self.approve(_command(press, PressProof(sent=sent)).payload())
        except RefusedError as error:
            return self._refuse(press, person, "not_taken", str(error))
        reply = _reply(person.name, done)
        self.reply(press.response_url, reply)
        return InteractionReply(None, reply)

    def _refuse(
        self, press: Press, person: Person | None, why: Why, reason: str
    ) -> InteractionReply:
        self._record(press, person.id if person else f"Slack member {press.member}", why, reason)
        self.reply(press.response_url, f"Rejected: {reason}")
        return InteractionReply(why, reason)

    def _record(self, press: Press, by: str, why: Why, reason: str) -> None:
        """Append ApprovalRefused, once per person and reason: a flood of presses is one event."""
        fields = {
            "approval_id": press.approval_id,
            "by": OutsiderText.of(by),
            "via": VIA,
            "why": why,
            "reason": reason[:300],
        }

        def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalRefused | None:
            event = ApprovalRefused.model_validate({**header, **fields})
            return None if any(_same(event, other) for other in history) else event

        self.recorder.record(press.incident_id, build)

    def _asked(self, press: Press) -> ApprovalRequested:
        """Return the approval request from the log: the button's incident id is only a hint."""
        for event in self.recorder.store.load(press.incident_id):
            if isinstance(event, ApprovalRequested) and event.approval_id == press.approval_id:
                return event
        raise InvalidInputError("approval_id: not an approval request of this incident")


def _reply(name: str, done: dict[str, Any]) -> str:
    match done:
        case {"answer": "waiting", "missing": missing}:
            return f"Approved by {name}. {missing} more approver{'s' * (missing > 1)} required."
        case {"answer": answer}:
            return f"{'Approved' if answer == 'granted' else 'Denied'} by {name}."
        case _:
            return f"{name} took over this incident."


def _command(press: Press, proof: PressProof) -> Command:
    """Return the approval function's command."""
    if press.action == "take_over":
        reason = "taken over with the button in Slack"
        return TakeOver(incident_id=press.incident_id, proof=proof, reason=reason)
    answer: Literal["granted", "denied"] = "granted" if press.action == "approve" else "denied"
    return AnswerApproval(approval_id=press.approval_id, answer=answer, proof=proof)


def _same(event: ApprovalRefused, other: IncidentEvent) -> bool:
    return isinstance(other, ApprovalRefused) and (
        (event.approval_id, event.by, event.via, event.why)
        == (other.approval_id, other.by, other.via, other.why)
    )
