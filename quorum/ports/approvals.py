"""People's answers, the proof of who they are, and the task that waits for them."""

from collections.abc import Mapping
from typing import Any, Protocol

from quorum.domain.approvals import Answer, Approval
from quorum.domain.incident_records import TakenOver


class TokenReader(Protocol):
    """The keys of whoever signs people in."""

    def read(self, token: str) -> Mapping[str, Any]:
        """Return what the token claims: it is genuine, and nothing of it is judged yet.

        Raises InvalidInputError for one that is not, RefusedError when nobody can tell: the issuer
        does not answer, or its keys do not hold the token's.
        """
        ...


class ApprovalBook(Protocol):
    """Approvals, answered at most once."""

    def ask(self, approval: Approval) -> Approval:
        """Store the question unless its id exists; return the stored one."""
        ...

    def find(self, approval_id: str) -> Approval | None:
        """Return the question, or None."""
        ...

    def attach(self, approval_id: str, task_token: str) -> Approval:
        """Add the token of a task that waits; return the question as it is then.

        A token that is there already stays: whoever brings another takes the answer from nobody.
        Raises RefusedError when there is no such question. Whoever comes second, this or the
        answer, sees the other: a question already answered is sent by the one who attaches.
        """
        ...

    def grant(self, approval_id: str, person: str, action: str, text: str) -> Approval:
        """Add one person's signed grant to a waiting question; return it.

        Raises RefusedError when it was answered, the person granted it before, or somebody granted
        another action.
        """
        ...

    def answer(
        self, approval_id: str, state: Answer, by: str, via: str = "", reason: str = ""
    ) -> Approval:
        """Answer a waiting question; return it. Raises RefusedError when it was answered."""
        ...

    def take_over(self, taken: TakenOver) -> TakenOver:
        """Give the incident to the person unless somebody has it; return who has it."""
        ...

    def taken_over(self, incident_id: str) -> TakenOver | None:
        """Return who has taken the incident over, read consistently, or None."""
        ...

    def want_undone(self, incident_id: str, text: str) -> None:
        """Store a person's signed order to undo, in the place of an earlier one."""
        ...

    def undo_wanted(self, incident_id: str) -> str | None:
        """Return the newest signed order to undo, read consistently, or None."""
        ...


class TaskTokens(Protocol):
    """Answers to a state machine that waits."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        """Let the waiting task go on with the output. Raises RefusedError when it waits no more."""
        ...
