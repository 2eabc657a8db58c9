"""AWS's errors as checks: a refused permission is `unknown` with the IAM action that is missing."""

import re
from collections.abc import Iterator
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from quorum.domain.errors import QuorumError
from stacks.doctor.check import Check, error, unknown

REFUSED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "ForbiddenException",
        "NotAuthorized",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
_GONE: Final = ("NotFound", "NonExistent", "DoesNotExist")
"""Parts of the codes of resources that do not exist."""
_ACTION: Final = re.compile(r"perform: ([A-Za-z0-9-]+:[A-Za-z0-9]+)")


def code(error: ClientError) -> str:
    """Return the service's error code."""
    return str(error.response.get("Error", {}).get("Code", ""))


def missing_action(error: ClientError, actions: tuple[str, ...]) -> str | None:
    """Return the IAM action that the caller lacks; None for an error of another kind.

    The message names it; where it does not, it is the one of the check's `actions` that the
    operation is named after, or all of them.
    """
    if code(error) not in REFUSED:
        return None
    named = _ACTION.search(str(error.response["Error"].get("Message", "")))
    if named:
        return named.group(1)
    operation = str(error.operation_name)
    return next((a for a in actions if a.partition(":")[2] == operation), ", ".join(actions))


def as_check(name: str, failure: Exception, actions: tuple[str, ...]) -> Check:
    """Return the check whose input could not be read. An error of ours is a finding.

    Raises the failure if it is of neither kind."""
    for cause in _causes(failure):
        if isinstance(cause, ClientError):
            action = missing_action(cause, actions)
            if action is not None:
                return unknown(name, f"not permitted to read it: {action}", f"Allow {action}")
            if any(part in code(cause) for part in _GONE):
                return error(name, f"AWS answered {cause}", "Deploy the stacks again")
            return unknown(name, f"AWS answered {cause}", "Run it again, or look it up by hand")
        if isinstance(cause, BotoCoreError):
            return unknown(name, f"AWS did not answer: {cause}", "Check network and credentials")
    if isinstance(failure, QuorumError):
        return error(name, str(failure), "Correct what it names")
    raise failure


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__
