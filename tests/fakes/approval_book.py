"""Questions to people in memory."""

from threading import Lock
from typing import Literal

from functions.shared.domain.errors import RefusedError
from functions.shared.ports import Approval


class InMemoryApprovalBook:
    """An `ApprovalBook`."""

    def __init__(self) -> None:
        self._questions: dict[str, Approval] = {}
        self._lock = Lock()

    def ask(self, approval: Approval) -> Approval:
        """Store the question unless its id exists; return the stored one."""
        with self._lock:
            return self._questions.setdefault(approval.approval_id, approval)

    def find(self, approval_id: str) -> Approval | None:
        """Return the question, or None."""
        return self._questions.get(approval_id)

    def attach(self, approval_id: str, task_token: str) -> Approval:
        """Store the token of the task that waits; return the question as it is then."""
        with self._lock:
            asked = self._question(approval_id)
            self._questions[approval_id] = asked.model_copy(update={"task_token": task_token})
            return self._questions[approval_id]

    def answer(
        self, approval_id: str, state: Literal["granted", "denied", "expired"], by: str
    ) -> Approval:
        """Answer a waiting question; return it."""
        with self._lock:
            asked = self._question(approval_id)
            if asked.state != "waiting":
                raise RefusedError(f"approval {approval_id} is already {asked.state}")
            answered = asked.model_copy(update={"state": state, "by": by})
            self._questions[approval_id] = answered
            return answered

    def _question(self, approval_id: str) -> Approval:
        if approval_id not in self._questions:
            raise RefusedError(f"approval {approval_id} was never asked for")
        return self._questions[approval_id]
