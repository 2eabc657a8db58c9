"""Reading JSON that outsiders wrote: bounded in length, depth and digits, in time linear in it."""

import json
from collections.abc import Iterable
from typing import Any, Final

from quorum.domain.errors import InvalidInputError

MOST_DEPTH: Final = 32
"""Levels of lists and objects: what is honest has fewer, and no reader runs out of stack."""


def read_json(text: str, most: int) -> Any:
    """Return what the JSON says. Raises InvalidInputError, and no other error whatever the text is.

    Refused are more than `most` characters, more than 32 levels, numbers of more digits than Python
    reads (4,300), and text with half a surrogate pair, which no store and no channel takes.
    """
    if len(text) > most:
        raise InvalidInputError(f"longer than {most} characters")
    try:
        found = json.loads(text)
        if not _shallow(found):
            raise InvalidInputError(f"not JSON of at most {MOST_DEPTH} levels")
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError as error:
        raise InvalidInputError(f"not JSON of at most {MOST_DEPTH} levels") from error
    except ValueError as error:  # JSONDecodeError and UnicodeEncodeError are these
        raise InvalidInputError(f"not JSON: {error}"[:200]) from error
    return found


def _shallow(found: Any) -> bool:
    layer = [found]
    for _ in range(MOST_DEPTH + 1):
        layer = [inner for one in layer for inner in _inside(one)]
        if not layer:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
