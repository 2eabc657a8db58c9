"""What the verbs share: AWS errors by what they tell about the effect, and comparing states."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from quorum.domain.errors import (
    QuorumError,
    RefusedError,
    SourceUnavailableError,
    WorldMovedError,
)
from quorum.domain.evidence import Candidate, Scalar

MOVED: Final = frozenset({"PreconditionFailedException"})
PASSING: Final = frozenset(
    {"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "Throttling"}
)


@contextmanager
def effect(what: str) -> Iterator[None]:
    """Raise WorldMovedError or RefusedError when the call certainly did nothing.

    Raises SourceUnavailableError when that is not known: a timeout, a lost answer, a server error.
    """
    try:
        yield
    except ClientError as error:
        raise _kind(error)(f"{what}: {error}") from error
    except ParamValidationError as error:
        raise RefusedError(f"{what}: {error}") from error
    except BotoCoreError as error:
        raise SourceUnavailableError(f"{what}: {error}") from error


reading = effect
"""Reads fail alike: refused for good (not there, not allowed), or for now."""


def _kind(error: ClientError) -> type[QuorumError]:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in MOVED:
        return WorldMovedError
    if code in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SourceUnavailableError
    return RefusedError


def still(candidate: Candidate, now: Mapping[str, Scalar]) -> None:
    """Raise WorldMovedError unless everything that the evidence observed is as it was."""
    moved = sorted(n for n, was in candidate.observed.items() if n not in now or now[n] != was)
    if moved:
        raise WorldMovedError(
            f"{candidate.resource}: {', '.join(moved)} changed since the evidence"
        )


def same(state: Mapping[str, Scalar], wanted: Mapping[str, Scalar], *names: str) -> bool:
    """Return whether the state has the wanted values of these names: a missing one differs."""
    return all(name in state and name in wanted and state[name] == wanted[name] for name in names)


def request_id(answer: Mapping[str, Any]) -> str:
    """Return the id by which AWS knows the call."""
    return str(answer.get("ResponseMetadata", {}).get("RequestId", ""))
