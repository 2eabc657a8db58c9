"""The only translation of AWS errors to Quorum's, with the AWS error as the cause.

No error is suppressed: an access denied is an error like any other, and its code stays in the
message, so that a missing permission is recognisable.
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
    kind: type[QuorumError], operation: str, by_code: Mapping[str, type[QuorumError]] | None = None
) -> Iterator[None]:
    """Raise `kind` for any AWS error inside, or the class that `by_code` maps its code to."""
    try:
        yield
    except ClientError as error:
        translated = (by_code or {}).get(code_of(error), kind)
        raise translated(f"{operation}: {error}") from error
    except BotoCoreError as error:
        raise kind(f"{operation}: {error}") from error


def is_failed_condition(error: ClientError) -> bool:
    """Return whether a conditional write failed because its condition is false."""
    return code_of(error) == "ConditionalCheckFailedException"
