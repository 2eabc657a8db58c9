"""Keep functions warm: call each once, all at the same time, with a payload that does no work."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from quorum.domain.errors import SourceUnavailableError

if TYPE_CHECKING:  # it knows no fact, and need not load any
    from quorum.ports.workflow import Functions


class Warmed(NamedTuple):
    """How many answered, and what went wrong with the others."""

    warm: int
    failed: tuple[str, ...]


def warm(functions: "Functions", arns: Sequence[str], payload: Mapping[str, Any]) -> Warmed:
    """Call every alias; one that fails is counted and keeps no other from being called."""

    def call(arn: str) -> str:
        try:
            functions.call(arn, payload)
        except SourceUnavailableError as error:
            return str(error)
        return ""

    if not arns:
        return Warmed(0, ())
    with ThreadPoolExecutor(max_workers=len(arns)) as pool:
        answers = list(pool.map(call, arns))
    failed = tuple(answer for answer in answers if answer)
    return Warmed(len(answers) - len(failed), failed)
