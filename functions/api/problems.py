"""Why a request is not served: a status of HTTP, a code for programs, a sentence for people."""

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
    """The body of every answer that is not a success."""

    error: str
    reason: str


class ProblemError(Exception):
    """Ends a request with this status and problem."""

    def __init__(self, status: int, error: str, reason: str) -> None:
        super().__init__(f"{status} {error}: {reason}")
        self.status, self.problem = status, Problem(error=error, reason=reason[:REASON_LENGTH])


def unauthorised() -> ProblemError:
    """Nobody that we know is calling."""
    return ProblemError(401, "unauthorised", "sign in first")


def forbidden(reason: str) -> ProblemError:
    """The caller is known, and may not."""
    return ProblemError(403, "forbidden", reason)


def not_found(what: str) -> ProblemError:
    """There is no such thing."""
    return ProblemError(404, "not_found", f"there is no such {what}")


def problem_of(error: QuorumError) -> ProblemError:
    """Return what one of our errors means to the caller: theirs to mend, or to try again."""
    match error:
        case InvalidInputError():
            return ProblemError(400, "invalid", str(error))
        case RefusedError() | WorldMovedError():
            return ProblemError(409, "refused", str(error))
        case ConcurrencyConflictError():
            return ProblemError(409, "conflict", "somebody else was faster; look again")
        case InvalidHistoryError():
            return ProblemError(500, "history", "the log of this incident contradicts itself")
        case _:
            return ProblemError(503, "unavailable", "a store or a function did not answer")
