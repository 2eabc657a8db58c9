"""Questions to people: asked once per decision, answered at most once, and really expiring.

The task token comes in with `wait` and goes to nobody but the state machine. Whoever comes second,
the answer or the wait, sees the other in the table and lets the state machine go on.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

from functions.approval.granting import Granting, frozen_candidate
from functions.approval.records import record_answer, record_question, why
from functions.approval.request import Answer, Expire, Open, TakeOver, Undo, Wait, parse
from functions.approval.stepping_in import take_over, want_undone
from functions.shared.domain.approvals import approval_id
from functions.shared.domain.errors import InvalidInputError, RefusedError
from functions.shared.domain.grants import people_needed, same_person
from functions.shared.domain.incident import replay
from functions.shared.ports import Answer as State
from functions.shared.ports import Approval, ApprovalBook, Clock, Signer, TaskTokens
from functions.shared.recording import Recorder

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Approvals:
    """Asks, waits, takes answers and expires; `seconds` is how long people have."""

    recorder: Recorder
    book: ApprovalBook
    tokens: TaskTokens
    signer: Signer
    now: Clock
    seconds: int

    def handle(self, event: Mapping[str, Any]) -> Result:
        """Do the operation.

        Raises InvalidInputError (request) and, for an answer, RefusedError: too late, or answered.
        """
        request = parse(event)
        match request:
            case Open():
                return self._open(request)
            case Wait():
                return self._wait(request)
            case Answer():
                return self._answer(request)
            case Expire():
                return self._expire(request)
            case TakeOver():
                return self._take_over(request)
            case Undo():
                return {"round": want_undone(self.recorder, request)}
            case _:
                assert_never(request)

    def _open(self, request: Open) -> Result:
        """Ask once; `approval_id` is null when there is nothing to ask about."""
        incident = replay(self.recorder.store.load(request.incident_id))
        decision = incident.decision
        if decision is None or decision.round != request.round:
            raise InvalidInputError(f"round: {request.round} is not what was decided last")
        if incident.is_closed or incident.taken_over or decision.action is None:
            return {"approval_id": None}
        asked = self.book.ask(
            Approval(
                approval_id=approval_id(decision),
                incident_id=request.incident_id,
                action=decision.action,
                task_token="",
                expires_at=(self.now() + timedelta(seconds=self.seconds)).timestamp(),
            )
        )
        needed = people_needed(frozen_candidate(incident, decision.action))
        record_question(self.recorder, asked, why(incident, decision), needed)
        return {"approval_id": asked.approval_id}

    def _wait(self, request: Wait) -> Result:
        self._found(request.approval_id, request.incident_id)
        asked = self.book.attach(request.approval_id, request.task_token)
        if asked.state != "waiting":
            record_answer(self.recorder, asked)
            self._go_on(asked)
        return {"state": asked.state}

    def _answer(self, request: Answer) -> Result:
        """Take the first answer in time; the same one from the same person may be repeated.

        What is risky needs several people to grant it: until then the answer is `waiting`.
        """
        asked = self._found(request.approval_id)
        incident = replay(self.recorder.store.load(asked.incident_id))
        if incident.is_closed:
            raise RefusedError("the incident is closed: there is nothing left to answer")
        if asked.state == "waiting" and self.now().timestamp() >= asked.expires_at:
            raise RefusedError(f"expired at {datetime.fromtimestamp(asked.expires_at, UTC)}")
        if request.answer == "granted":
            granting = Granting(self.recorder, self.book, self.signer)
            missing = granting.grant(incident, asked, request)
            if missing:
                return {"answer": "waiting", "missing": missing}
        answered = self._settle(asked, request.answer, request.by, request.via, request.reason)
        if not _is(answered, request):
            raise RefusedError(f"already {answered.state}")
        record_answer(self.recorder, answered)
        self._go_on(answered)
        return {"answer": answered.state}

    def _expire(self, request: Expire) -> Result:
        """Expire the question, unless somebody was faster: then that answer stands."""
        asked = self._found(request.approval_id, request.incident_id)
        settled = self._settle(asked, "expired", "")
        record_answer(self.recorder, settled)
        return {"answer": settled.state}

    def _take_over(self, request: TakeOver) -> Result:
        """Give the incident to the person; a question that waits is denied by it."""
        incident = take_over(self.recorder, request)
        asked = incident.approval
        if asked is not None and incident.answer is None:
            found = self._found(asked.approval_id)
            settled = self._settle(found, "denied", request.by, request.via, request.reason)
            record_answer(self.recorder, settled)
            self._go_on(settled)
        return {"taken_over": request.by}

    def _settle(
        self, asked: Approval, state: State, by: str, via: str = "", reason: str = ""
    ) -> Approval:
        """Answer the question if it waits; return it as it stands then."""
        try:
            return self.book.answer(asked.approval_id, state, by, via, reason)
        except RefusedError:
            return self._found(asked.approval_id)

    def _found(self, wanted: str, incident_id: str | None = None) -> Approval:
        asked = self.book.find(wanted)
        if asked is None or incident_id not in {None, asked.incident_id}:
            raise InvalidInputError(f"approval_id: {wanted} was never asked, or elsewhere")
        return asked

    def _go_on(self, asked: Approval) -> None:
        """Let the state machine go on if it waits already; otherwise its wait finds the answer."""
        if asked.task_token:
            with suppress(RefusedError):  # it waits no more: somebody else let it go on
                self.tokens.succeed(asked.task_token, {"answer": asked.state})


def _is(answered: Approval, request: Answer) -> bool:
    """Return whether the answer that stands is this one; of a grant, one of several people's."""
    if answered.state != request.answer:
        return False
    if request.answer == "denied":
        return answered.by == request.by
    return same_person(request.by) in answered.people
