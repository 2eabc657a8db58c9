"""HTTP problems: a status, an error code for programs and a reason for people."""

from typing import Final

from quorum.domain.base import Record
from quorum.domain.errors import (
    ConcurrencyConflictError,
    InvalidHistoryError,
    InvalidInputError,
    QuorumError,
    RefusedError,
    WorldMovedError,
)

REASON_LENGTH: Final = 500


class Problem(Record):
    """The body of every response that is not a success."""

    error: str
    reason: str


class ProblemError(Exception):
    """End the request with this status and problem."""

    def __init__(self, status: int, error: str, reason: str) -> None:
        super().__init__(f"{status} {error}: {reason}")
        self.status, self.problem = status, Problem(error=error, reason=reason[:REASON_LENGTH])


def unauthenticated() -> ProblemError:
    """Return the problem of a caller without a valid token."""
    return ProblemError(401, "unauthorised", "Unauthenticated: sign in first.")


def forbidden(reason: str) -> ProblemError:
    """Return the problem of a caller whose roles do not allow the request."""
    return ProblemError(403, "forbidden", reason)


def not_found(reason: str) -> ProblemError:
    """Return the problem of a resource that does not exist, or not yet."""
    return ProblemError(404, "not_found", reason)


def problem_of(error: QuorumError) -> ProblemError:
    """Map a domain error to a problem: the caller's to fix (4xx), or to retry (503)."""
    match error:
        case InvalidInputError():
            return ProblemError(400, "invalid", str(error))
        case RefusedError() | WorldMovedError():
            return ProblemError(409, "refused", str(error))
        case ConcurrencyConflictError():
            return ProblemError(409, "conflict", "Changed at the same time: reload and retry.")
        case InvalidHistoryError():
            return ProblemError(500, "history", "The incident's event log is inconsistent.")
        case _:
            reason = "A dependency is unavailable or timed out: retry."
            return ProblemError(503, "unavailable", reason)
