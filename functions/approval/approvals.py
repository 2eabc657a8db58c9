"""Approval requests: opened once per decision, answered at most once, expired on time.

The task token arrives with `wait` and is passed to the state machine only. Answer and wait may come
in either order: the later one finds the other in the table and resumes the execution.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, assert_never

from functions.approval.approval_events import (
    record_answer,
    record_request,
    request_reason,
)
from functions.approval.authentication import AuthenticatedCaller, Authenticator
from functions.approval.granting import GrantCollector
from functions.approval.interventions import Interventions
from functions.approval.trusted_records import TrustedRecords
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
from quorum.ports.approvals import ApprovalStore, TaskTokens
from quorum.ports.clock import Clock
from quorum.ports.voting import Signer

SKEW_SECONDS: Final = 5
"""Allowed lead of the state machine's clock over this function's."""
Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Approvals:
    """The approval operations; `seconds` is the time that approvers have."""

    recorder: Recorder
    records: TrustedRecords
    authenticator: Authenticator
    book: ApprovalStore
    tokens: TaskTokens
    signer: Signer
    now: Clock
    seconds: int

    def handle(self, event: Mapping[str, Any]) -> Result:
        """Run the operation.

        Raises InvalidInputError (request or proof) and, for a person's command, RefusedError: not
        permitted, too late, or already answered.
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
                return self._answer(request, self.authenticator.authenticate(request))
            case TakeOver():
                return self._take_over(request, self.authenticator.authenticate(request))
            case OrderUndo():
                caller = self.authenticator.authenticate(request)
                return {"round": self._interventions().order_undo(request.incident_id, caller)}
            case _:
                assert_never(request)

    def _open(self, request: OpenApproval) -> Result:
        """Open the approval request once; `approval_id` is null when none is needed.

        If a person has answered a request of an earlier round, that one counts. Returns the id and
        the round of its decision.
        """
        incident_id = request.incident_id
        history = self.recorder.store.load(incident_id)
        decision = self.records.decision(history)
        if decision.round != request.round:
            raise InvalidInputError(f"round: {request.round} is not the latest decided round")
        ended = self.records.is_closed(incident_id) or self.book.taken_over(incident_id) is not None
        answered = None if ended else self._answered(incident_id)
        if answered is not None:
            return {"approval_id": answered.approval_id, "round": answered.round}
        if ended or decision.action is None:
            return {"approval_id": None, "round": decision.round}
        needed = people_needed(self.records.candidate(decision, decision.action))
        approval = self.book.ask(
            Approval(
                approval_id=approval_id(decision),
                incident_id=incident_id,
                action=decision.action,
                expires_at=(self.now() + timedelta(seconds=self.seconds)).timestamp(),
                round=decision.round,
            )
        )
        record_request(self.recorder, approval, request_reason(replay(history), decision), needed)
        return {"approval_id": approval.approval_id, "round": decision.round}

    def _answered(self, incident_id: str) -> Approval | None:
        """Return the request that a person has answered since the last action, or None."""
        acted = self.records.last_round_acted(incident_id)
        for approval in self.book.of_incident(incident_id):
            if approval.state in {"granted", "denied"} and approval.round > acted:
                return approval
        return None

    def _wait(self, request: AwaitApproval) -> Result:
        self._existing(request.approval_id, request.incident_id)
        approval = self.book.attach(request.approval_id, request.task_token)
        if approval.state != "waiting":
            record_answer(self.recorder, approval)
            self._resume_executions(approval)
        return {"state": approval.state}

    def _answer(self, request: AnswerApproval, caller: AuthenticatedCaller) -> Result:
        """Accept the first answer in time; the same person may repeat the same answer.

        A risky action needs several approvers: until then the answer is `waiting`.
        """
        approval = self._existing(request.approval_id, caller.incident_id)
        if self.records.is_closed(approval.incident_id):
            raise RefusedError("the incident is closed: the approval request no longer applies")
        if approval.state == "waiting" and self.records.is_decided(
            approval.incident_id, approval.round + 1
        ):
            raise RefusedError("a newer decision replaces this approval request")
        if approval.state == "waiting" and self.now().timestamp() >= approval.expires_at:
            raise RefusedError(f"expired at {datetime.fromtimestamp(approval.expires_at, UTC)}")
        if request.answer == "granted":
            collector = GrantCollector(self.recorder, self.records, self.book, self.signer)
            missing = collector.grant(approval, caller, request.action)
            if missing:
                return {"answer": "waiting", "missing": missing}
        answered = self._settle(approval, request.answer, caller)
        if not _is_answer(answered, request.answer, caller):
            raise RefusedError(f"already {answered.state}")
        return {"answer": answered.state}

    def _expire(self, request: ExpireApproval) -> Result:
        """Expire the request, unless it was answered first: then the answer remains.

        Raises RefusedError before the expiry time: a caller cannot shorten it.
        """
        approval = self._existing(request.approval_id, request.incident_id)
        now = self.now().timestamp()
        if approval.state == "waiting" and now + SKEW_SECONDS < approval.expires_at:
            until = datetime.fromtimestamp(approval.expires_at, UTC)
            raise RefusedError(f"the approval request is open until {until}")
        return {"answer": self._settle(approval, "expired", None).state}

    def _take_over(self, request: TakeOver, caller: AuthenticatedCaller) -> Result:
        """Assign the incident to the person, and deny its waiting approval requests."""
        for approval in self._interventions().take_over(request.incident_id, caller):
            self._settle(approval, "denied", caller)
        return {"taken_over": caller.person.id}

    def _interventions(self) -> Interventions:
        return Interventions(self.recorder, self.records, self.book, self.signer, self.now)

    def _settle(
        self, approval: Approval, state: Answer, caller: AuthenticatedCaller | None
    ) -> Approval:
        """Answer the request if it is waiting, record its state and resume the executions."""
        by = (caller.person.id, caller.via, caller.reason) if caller else ("", "", "")
        try:
            settled = self.book.answer(approval.approval_id, state, *by)
        except RefusedError:
            settled = self._existing(approval.approval_id)
        record_answer(self.recorder, settled)
        self._resume_executions(settled)
        return settled

    def _existing(self, wanted_id: str, incident_id: str | None = None) -> Approval:
        approval = self.book.find(wanted_id)
        if approval is None or incident_id not in {None, approval.incident_id}:
            raise InvalidInputError(f"approval_id: {wanted_id} does not exist for this incident")
        return approval

    def _resume_executions(self, approval: Approval) -> None:
        """Resume the waiting executions; a later wait finds the answer in the table."""
        for token in approval.waiting():
            with suppress(RefusedError):  # another caller resumed it first
                self.tokens.succeed(token, {"answer": approval.state})


def _is_answer(answered: Approval, answer: Answer, caller: AuthenticatedCaller) -> bool:
    """Return whether the recorded answer is this one; a grant may be one of several."""
    if answered.state != answer:
        return False
    person = caller.person.id
    return person in answered.people if answer == "granted" else answered.by == person
