"""Helpers shared by the verbs: AWS error translation, state comparison, rollback limits."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from functions.executor.ports import Hazards
from quorum.domain.errors import (
    QuorumError,
    RefusedError,
    SourceUnavailableError,
    WorldMovedError,
)
from quorum.domain.evidence import Candidate, Scalar
from quorum.domain.rollback_pins import (
    FLOOR,
    NO_ROLLBACK_BELOW,
    SECURITY,
    SECURITY_RELEASE,
    is_below,
    pins,
    rollback_target,
)

PRECONDITION_CODES: Final = frozenset({"PreconditionFailedException"})
TRANSIENT_CODES: Final = frozenset(
    {
        "RequestLimitExceeded",
        "RequestThrottled",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


@contextmanager
def aws_errors(subject: str) -> Iterator[None]:
    """Translate the AWS errors of one call; `subject` begins their message.

    Raises WorldMovedError or RefusedError when the call certainly had no effect, and
    SourceUnavailableError when that is unknown: a timeout, a lost response, a server error.
    """
    try:
        yield
    except ClientError as error:
        raise _error_type(error)(f"{subject}: {error}") from error
    except ParamValidationError as error:
        raise RefusedError(f"{subject}: {error}") from error
    except BotoCoreError as error:
        raise SourceUnavailableError(f"{subject}: {error}") from error


def _error_type(error: ClientError) -> type[QuorumError]:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in PRECONDITION_CODES:
        return WorldMovedError
    if code in TRANSIENT_CODES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SourceUnavailableError
    return RefusedError


def check_unchanged(candidate: Candidate, now: Mapping[str, Scalar]) -> None:
    """Raise WorldMovedError unless every observed value of the candidate still holds."""
    moved = sorted(n for n, was in candidate.observed.items() if n not in now or now[n] != was)
    if moved:
        raise WorldMovedError(
            f"{candidate.resource}: {', '.join(moved)} changed since the evidence was taken"
        )


def matches(state: Mapping[str, Scalar], wanted: Mapping[str, Scalar], *names: str) -> bool:
    """Return whether the state has the wanted value of every name; a missing name differs."""
    return all(name in state and name in wanted and state[name] == wanted[name] for name in names)


def request_id(answer: Mapping[str, Any]) -> str:
    """Return the AWS request id of a response."""
    return str(answer.get("ResponseMetadata", {}).get("RequestId", ""))


def rollback_hazards(candidate: Candidate, tags: Mapping[str, str]) -> Hazards:
    """Return the hazards that the resource's tags pin against this rollback."""
    to, settings = rollback_target(candidate), pins(tags)
    floor, security = settings.get(FLOOR), settings.get(SECURITY)
    return Hazards(
        below_floor=f"{to} is below {NO_ROLLBACK_BELOW} {floor}" if is_below(to, floor) else None,
        security=f"{to} is below {SECURITY_RELEASE} {security}" if is_below(to, security) else None,
    )
