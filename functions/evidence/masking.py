"""Mask the variable parts of log lines: times, ids, numbers, long quotations."""

import re
from typing import Final

WILDCARD: Final = "<*>"

_MASKS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), mask)
    for pattern, mask in (
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "<id>"),
        (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "<ip>"),
        (r"\b0[xX][0-9a-fA-F]+\b", "<id>"),
        (r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b", "<id>"),
        # a quoted word is a name (KeyError: 'price') and stays; anything else in quotes is data
        (r"(?<!\w)\"(?![A-Za-z_][\w.]{0,31}\")[^\"]*\"", "<text>"),
        (r"(?<!\w)'(?![A-Za-z_][\w.]{0,31}')[^']*'(?!\w)", "<text>"),
        (r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{12,}\b", "<id>"),
        (r"(?<!\w)\d+(?:\.\d+)?", "<n>"),
    )
)


def mask(text: str) -> str:
    """Return the text with its variable parts masked."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def is_masked(token: str) -> bool:
    """Return whether the token has a masked part."""
    return "<" in token and ">" in token
