"""Warm functions: one call each, a few at a time, with a payload that does no work."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from quorum.domain.errors import SourceUnavailableError

if TYPE_CHECKING:  # not needed at runtime, and slow to import
    from quorum.ports.workflow import Functions


AT_A_TIME: Final = 4
"""Concurrent calls. With the warmer itself they take half of a new account's concurrency quota of
ten: more would throttle the account's other functions every few minutes."""


class WarmResult(NamedTuple):
    """The number of functions that answered, and the errors of the others."""

    warm: int
    failed: tuple[str, ...]


def warm(functions: "Functions", arns: Sequence[str], payload: Mapping[str, Any]) -> WarmResult:
    """Call every alias; a failed call is reported and does not prevent the others."""

    def call(arn: str) -> str:
        try:
            functions.call(arn, payload)
        except SourceUnavailableError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        answers = list(pool.map(call, arns))
    failed = tuple(answer for answer in answers if answer)
    return WarmResult(len(answers) - len(failed), failed)
