"""What follows a press: who it was, whether they may, and what the approval function says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from functions.slack.work import Work
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
Why = Literal["unauthorised", "late", "replayed", "not_taken"]
_SAID: Final[dict[str, str]] = {
    "late": "the request is more than five minutes old",
    "replayed": "the request was taken before",
}


class Outcome(NamedTuple):
    """What became of a press: what was refused and why, or None; and what the person is told."""

    refused: Why | Literal["unknown"] | None
    said: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Works on presses whose signature the door has seen, and tells people what became of them.

    `approve` calls the approval function, which looks at the press itself, and raises RefusedError
    with its reason; `reply` shows one person a line and never fails.
    """

    recorder: Recorder
    people: People
    app: Callable[[], SlackApp]
    now: Clock
    approve: Callable[[dict[str, Any]], dict[str, Any]]
    reply: Callable[[str, str], None]

    def work(self, work: Work) -> Outcome:
        """Answer the question, or record why not.

        Raises InvalidInputError when Slack did not sign it, or the log holds no such question.
        """
        app = self.app()
        if signature_problem(work.sent, app.signing_secret, self.now()) == "forged":
            raise InvalidInputError("the press is not signed by Slack")
        press = parse(work.sent.body)
        asked, elsewhere = self._asked(press), origin_problem(press, app)
        person = None if elsewhere else self.people.by_slack(press.member)
        if work.refused:
            return self._refuse(press, person, work.refused, _SAID[work.refused])
        if elsewhere:
            return self._refuse(press, None, "unauthorised", elsewhere)
        if person is None:
            return self._refuse(press, None, "unauthorised", "Slack knows you, Quorum does not")
        if not person.has(asked.level):
            said = f"the question is for {asked.level}"
            return self._refuse(press, person, "unauthorised", said)
        return self._answer(press, person, work.sent)

    def _answer(self, press: Press, person: Person, sent: SignedBody) -> Outcome:
        try:
            done = self.approve(_command(press, PressProof(sent=sent)).payload())
        except RefusedError as error:
            return self._refuse(press, person, "not_taken", str(error))
        said = f"{person.name}: {done.get('answer', 'taken over')}"
        self.reply(press.response_url, said)
        return Outcome(None, said)

    def _refuse(self, press: Press, person: Person | None, why: Why, reason: str) -> Outcome:
        self._record(press, person.id if person else f"Slack member {press.member}", why, reason)
        self.reply(press.response_url, f"Not taken: {reason}")
        return Outcome(why, reason)

    def _record(self, press: Press, by: str, why: Why, reason: str) -> None:
        """Append ApprovalRefused, once per person and reason: a flood of presses is one fact."""
        fields = {
            "approval_id": press.approval_id,
            "by": OutsiderText.of(by),
            "via": VIA,
            "why": why,
            "reason": reason[:300],
        }

        def build(header: Header, history: Sequence[IncidentEvent]) -> ApprovalRefused | None:
            fact = ApprovalRefused.model_validate({**header, **fields})
            return None if any(_same(fact, other) for other in history) else fact

        self.recorder.record(press.incident_id, build)

    def _asked(self, press: Press) -> ApprovalRequested:
        """Return the question, from the log: what a block says of its incident is only a hint."""
        for fact in self.recorder.store.load(press.incident_id):
            if isinstance(fact, ApprovalRequested) and fact.approval_id == press.approval_id:
                return fact
        raise InvalidInputError("approval_id: the incident asked no such question")


def _command(press: Press, proof: PressProof) -> Command:
    """Return what the approval function is to do."""
    if press.action == "take_over":
        reason = "taken over by a button in Slack"
        return TakeOver(incident_id=press.incident_id, proof=proof, reason=reason)
    answer: Literal["granted", "denied"] = "granted" if press.action == "approve" else "denied"
    return AnswerApproval(approval_id=press.approval_id, answer=answer, proof=proof)


def _same(fact: ApprovalRefused, other: IncidentEvent) -> bool:
    return isinstance(other, ApprovalRefused) and (
        (fact.approval_id, fact.by, fact.via, fact.why)
        == (other.approval_id, other.by, other.via, other.why)
    )
