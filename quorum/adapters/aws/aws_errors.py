"""The one place where an AWS error becomes one of ours, with the AWS error as its cause.

Nothing is swallowed here: an access denied is an error like any other, and keeps its code in the
message, so that a missing grant shows as what it is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from quorum.domain.errors import QuorumError


def code_of(error: ClientError) -> str:
    """Return the service's error code."""
    return str(error.response["Error"]["Code"])


@contextmanager
def raising(
    kind: type[QuorumError], what: str, by_code: Mapping[str, type[QuorumError]] | None = None
) -> Iterator[None]:
    """Raise `kind` for any AWS error inside, or the error that `by_code` names for its code."""
    try:
        yield
    except ClientError as error:
        found = (by_code or {}).get(code_of(error), kind)
        raise found(f"{what}: {error}") from error
    except BotoCoreError as error:
        raise kind(f"{what}: {error}") from error


def is_condition(error: ClientError) -> bool:
    """Return whether a conditional write found its condition false."""
    return code_of(error) == "ConditionalCheckFailedException"
