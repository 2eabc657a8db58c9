"""A parser of untrusted JSON with limits on length, depth and digits, in linear time."""

import json
from collections.abc import Iterable
from typing import Any, Final

from quorum.domain.errors import InvalidInputError

MOST_DEPTH: Final = 32
"""Maximum nesting of lists and objects: legitimate data has less, and parsers keep their stack."""


def read_json(text: str, most: int) -> Any:
    """Return the parsed JSON. Raises InvalidInputError, and no other error, whatever the text.

    The limits are `most` characters, 32 levels, and the number of digits that Python reads (4,300).
    Text with half a surrogate pair is refused, because no store and no channel accepts it.
    """
    if len(text) > most:
        raise InvalidInputError(f"longer than {most} characters")
    try:
        parsed = json.loads(text)
        if not _within_depth(parsed):
            raise InvalidInputError(f"JSON nested deeper than {MOST_DEPTH} levels")
        json.dumps(parsed, ensure_ascii=False).encode()
    except RecursionError as error:
        raise InvalidInputError(f"JSON nested deeper than {MOST_DEPTH} levels") from error
    except ValueError as error:  # JSONDecodeError and UnicodeEncodeError included
        raise InvalidInputError(f"not JSON: {error}"[:200]) from error
    return parsed


def _within_depth(value: Any) -> bool:
    layer = [value]
    for _ in range(MOST_DEPTH + 1):
        layer = [inner for outer in layer for inner in _members(outer)]
        if not layer:
            return True
    return False


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
