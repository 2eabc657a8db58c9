"""Questions to people in memory."""

from threading import Lock

from quorum.domain.approvals import Answer, Approval
from quorum.domain.errors import RefusedError
from quorum.domain.incident_records import TakenOver


class InMemoryApprovalStore:
    """An `ApprovalStore`."""

    def __init__(self) -> None:
        self._questions: dict[str, Approval] = {}
        self._taken: dict[str, TakenOver] = {}
        self._undo: dict[str, str] = {}
        self._lock = Lock()

    def ask(self, approval: Approval) -> Approval:
        """Store the question unless its id exists; return the stored one."""
        with self._lock:
            return self._questions.setdefault(approval.approval_id, approval)

    def of_incident(self, incident_id: str) -> tuple[Approval, ...]:
        """Return the incident's questions, oldest first."""
        return tuple(a for a in self._questions.values() if a.incident_id == incident_id)

    def find(self, approval_id: str) -> Approval | None:
        """Return the question, or None."""
        assert approval_id, "DynamoDB takes no empty key"
        return self._questions.get(approval_id)

    def attach(self, approval_id: str, task_token: str) -> Approval:
        """Add the token of a task that waits; return the question as it is then."""
        with self._lock:
            asked = self._question(approval_id)
            added = {"task_tokens": (*asked.task_tokens, task_token)}
            self._questions[approval_id] = asked.model_copy(update=added)
            return self._questions[approval_id]

    def grant(self, approval_id: str, person: str, action: str, text: str) -> Approval:
        """Add one person's signed grant to a waiting question; return it."""
        with self._lock:
            asked = self._waiting(approval_id)
            if person in asked.people or asked.chosen not in {"", action}:
                raise RefusedError(f"approval {approval_id} is already {asked.state}")
            added = {
                "chosen": action,
                "people": (*asked.people, person),
                "grants": (*asked.grants, text),
            }
            self._questions[approval_id] = asked.model_copy(update=added)
            return self._questions[approval_id]

    def answer(
        self, approval_id: str, state: Answer, by: str, via: str = "", reason: str = ""
    ) -> Approval:
        """Answer a waiting question; return it."""
        with self._lock:
            asked = self._waiting(approval_id)
            fields = {"state": state, "by": by, "via": via, "reason": reason}
            self._questions[approval_id] = asked.model_copy(update=fields)
            return self._questions[approval_id]

    def take_over(self, taken: TakenOver) -> TakenOver:
        """Give the incident to the person unless it is taken over; return the stored take-over."""
        with self._lock:
            return self._taken.setdefault(taken.incident_id, taken)

    def taken_over(self, incident_id: str) -> TakenOver | None:
        """Return who has taken the incident over, or None."""
        return self._taken.get(incident_id)

    def order_undo(self, incident_id: str, text: str) -> None:
        """Store a person's signed order to undo, in the place of an earlier one."""
        self._undo[incident_id] = text

    def undo_order(self, incident_id: str) -> str | None:
        """Return the newest signed order to undo, or None."""
        return self._undo.get(incident_id)

    def _waiting(self, approval_id: str) -> Approval:
        asked = self._question(approval_id)
        if asked.state != "waiting":
            raise RefusedError(f"approval {approval_id} is already {asked.state}")
        return asked

    def _question(self, approval_id: str) -> Approval:
        if approval_id not in self._questions:
            raise RefusedError(f"approval {approval_id} was never asked for")
        return self._questions[approval_id]
