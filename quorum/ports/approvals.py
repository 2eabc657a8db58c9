"""Approval requests and their answers, proof of identity, and the waiting task."""

from collections.abc import Mapping
from typing import Any, Protocol

from quorum.domain.approvals import Answer, Approval
from quorum.domain.incident_records import TakenOver


class TokenReader(Protocol):
    """A verifier of identity tokens, with the issuer's public keys."""

    def read(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a genuine token; they are not checked yet.

        Raises InvalidInputError for a token that is not genuine, RefusedError when it cannot be
        verified: the issuer does not respond, or its keys do not include the token's.
        """
        ...


class ApprovalStore(Protocol):
    """Approval requests, each answered at most once. The approval function alone writes them."""

    def ask(self, approval: Approval) -> Approval:
        """Store the approval request unless its id exists; return the stored one.

        It is listed under its incident first: one that can be answered is always found there.
        """
        ...

    def of_incident(self, incident_id: str) -> tuple[Approval, ...]:
        """Return the incident's approval requests, oldest first, read consistently."""
        ...

    def find(self, approval_id: str) -> Approval | None:
        """Return the approval request, or None."""
        ...

    def attach(self, approval_id: str, task_token: str) -> Approval:
        """Add the token of a waiting task; return the approval request as it is then.

        Existing tokens stay, so that a new one cannot divert the answer. Raises RefusedError when
        there is no such request. Of this call and the answer, the later one sees the earlier one:
        if the request is already answered, the caller of this method sends the answer to the task.
        """
        ...

    def grant(self, approval_id: str, person: str, action: str, signed_grant: str) -> Approval:
        """Add one person's signed grant to a waiting approval request; return it.

        Raises RefusedError when it was answered, the person granted it before, or another person
        granted another action.
        """
        ...

    def answer(
        self, approval_id: str, state: Answer, by: str, via: str = "", reason: str = ""
    ) -> Approval:
        """Answer a waiting approval request; return it. Raises RefusedError when answered."""
        ...

    def take_over(self, take_over: TakenOver) -> TakenOver:
        """Assign the incident to the person unless it is assigned; return the stored take-over."""
        ...

    def taken_over(self, incident_id: str) -> TakenOver | None:
        """Return the incident's take-over, read consistently, or None."""
        ...

    def order_undo(self, incident_id: str, signed_order: str) -> None:
        """Store a person's signed order to undo, in place of an earlier one."""
        ...

    def undo_order(self, incident_id: str) -> str | None:
        """Return the newest signed order to undo, read consistently, or None."""
        ...


class TaskTokens(Protocol):
    """The tasks of the state machine that wait for an answer."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        """Complete the waiting task with the output. Raises RefusedError if it waits no more."""
        ...
