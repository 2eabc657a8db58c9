"""Questions to people: asked once per decision, answered at most once, and really expiring.

The task token comes in with `wait` and goes to nobody but the state machine. Whoever comes second,
the answer or the wait, sees the other in the table and lets the state machine go on.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, assert_never

from functions.approval.granting import Granting
from functions.approval.identity import Identity, Said
from functions.approval.inputs import Inputs
from functions.approval.records import record_answer, record_question, why
from functions.approval.stepping_in import SteppingIn
from quorum.application.recorder import Recorder
from quorum.application.requests import parse_command_of
from quorum.domain.approvals import Answer, Approval, approval_id
from quorum.domain.commands import (
    APPROVAL_COMMAND,
    AnswerApproval,
    AwaitApproval,
    ExpireApproval,
    OpenApproval,
    OrderUndo,
    TakeOver,
)
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.grants import people_needed
from quorum.domain.incident import replay
from quorum.ports.approvals import ApprovalBook, TaskTokens
from quorum.ports.clock import Clock
from quorum.ports.voting import Signer

SKEW_SECONDS: Final = 5
"""By how much the clock of the state machine may be ahead of ours."""
Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Approvals:
    """Asks, waits, takes answers and expires; `seconds` is how long people have."""

    recorder: Recorder
    inputs: Inputs
    identity: Identity
    book: ApprovalBook
    tokens: TaskTokens
    signer: Signer
    now: Clock
    seconds: int

    def handle(self, event: Mapping[str, Any]) -> Result:
        """Do the operation.

        Raises InvalidInputError (request, proof) and, for what a person says, RefusedError: who
        says it may not, it is too late, or answered.
        """
        request = parse_command_of(APPROVAL_COMMAND, event)
        match request:
            case OpenApproval():
                return self._open(request)
            case AwaitApproval():
                return self._wait(request)
            case ExpireApproval():
                return self._expire(request)
            case AnswerApproval():
                return self._answer(request, self.identity.of(request))
            case TakeOver():
                return self._take_over(request, self.identity.of(request))
            case OrderUndo():
                said = self.identity.of(request)
                return {"round": self._stepping_in().want_undone(request.incident_id, said)}
            case _:
                assert_never(request)

    def _open(self, request: OpenApproval) -> Result:
        """Ask once; `approval_id` is null when there is nothing to ask about."""
        about = request.incident_id
        history = self.recorder.store.load(about)
        decision = self.inputs.decision(history)
        if decision.round != request.round:
            raise InvalidInputError(f"round: {request.round} is not what was decided last")
        ended = self.inputs.closed(about) or self.book.taken_over(about) is not None
        if ended or decision.action is None:
            return {"approval_id": None}
        needed = people_needed(self.inputs.candidate(decision, decision.action))
        asked = self.book.ask(
            Approval(
                approval_id=approval_id(decision),
                incident_id=about,
                action=decision.action,
                expires_at=(self.now() + timedelta(seconds=self.seconds)).timestamp(),
            )
        )
        record_question(self.recorder, asked, why(replay(history), decision), needed)
        return {"approval_id": asked.approval_id}

    def _wait(self, request: AwaitApproval) -> Result:
        self._found(request.approval_id, request.incident_id)
        asked = self.book.attach(request.approval_id, request.task_token)
        if asked.state != "waiting":
            record_answer(self.recorder, asked)
            self._go_on(asked)
        return {"state": asked.state}

    def _answer(self, request: AnswerApproval, said: Said) -> Result:
        """Take the first answer in time; the same one from the same person may be repeated.

        What is risky needs several people to grant it: until then the answer is `waiting`.
        """
        asked = self._found(request.approval_id, said.incident_id)
        if self.inputs.closed(asked.incident_id):
            raise RefusedError("the incident is closed: there is nothing left to answer")
        if asked.state == "waiting" and self.now().timestamp() >= asked.expires_at:
            raise RefusedError(f"expired at {datetime.fromtimestamp(asked.expires_at, UTC)}")
        if request.answer == "granted":
            granting = Granting(self.recorder, self.inputs, self.book, self.signer)
            missing = granting.grant(asked, said, request.action)
            if missing:
                return {"answer": "waiting", "missing": missing}
        answered = self._settle(asked, request.answer, said)
        if not _is(answered, request.answer, said):
            raise RefusedError(f"already {answered.state}")
        return {"answer": answered.state}

    def _expire(self, request: ExpireApproval) -> Result:
        """Expire the question, unless somebody was faster: then that answer stands.

        Raises RefusedError before its time: whoever calls may not shorten it.
        """
        asked = self._found(request.approval_id, request.incident_id)
        if asked.state == "waiting" and self.now().timestamp() + SKEW_SECONDS < asked.expires_at:
            until = datetime.fromtimestamp(asked.expires_at, UTC)
            raise RefusedError(f"people have until {until}")
        return {"answer": self._settle(asked, "expired", None).state}

    def _take_over(self, request: TakeOver, said: Said) -> Result:
        """Give the incident to the person; a question that waits is denied by it."""
        for asked in self._stepping_in().take_over(request.incident_id, said):
            self._settle(asked, "denied", said)
        return {"taken_over": said.person.id}

    def _stepping_in(self) -> SteppingIn:
        return SteppingIn(self.recorder, self.inputs, self.book, self.signer, self.now)

    def _settle(self, asked: Approval, state: Answer, said: Said | None) -> Approval:
        """Answer the question if it waits, record how it stands, and let who waits go on."""
        by = (said.person.id, said.via, said.reason) if said else ("", "", "")
        try:
            settled = self.book.answer(asked.approval_id, state, *by)
        except RefusedError:
            settled = self._found(asked.approval_id)
        record_answer(self.recorder, settled)
        self._go_on(settled)
        return settled

    def _found(self, wanted: str, incident_id: str | None = None) -> Approval:
        asked = self.book.find(wanted)
        if asked is None or incident_id not in {None, asked.incident_id}:
            raise InvalidInputError(f"approval_id: {wanted} was never asked, or elsewhere")
        return asked

    def _go_on(self, asked: Approval) -> None:
        """Let whatever waits go on; a wait that is yet to come finds the answer itself."""
        for token in asked.waiting():
            with suppress(RefusedError):  # it waits no more: somebody else let it go on
                self.tokens.succeed(token, {"answer": asked.state})


def _is(answered: Approval, answer: Answer, said: Said) -> bool:
    """Return whether the answer that stands is this one; of a grant, one of several people's."""
    if answered.state != answer:
        return False
    return (
        said.person.id in answered.people if answer == "granted" else answered.by == said.person.id
    )
