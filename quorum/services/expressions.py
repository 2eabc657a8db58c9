"""Metrics that CloudWatch's expressions name: Metrics Insights queries and SEARCH.

Text is read, never evaluated: what is not recognised names nothing.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

MAX_CHARACTERS: Final = 10_240
_WORD: Final = r"(?:\"(?:[^\"]*)\"|'(?:[^']*)'|[\w.:/-]+)"
_FROM: Final = re.compile(
    rf"\bFROM\s+(?:SCHEMA\s*\(\s*({_WORD})((?:\s*,\s*{_WORD})*)\s*\)|({_WORD}))", re.IGNORECASE
)
_SELECT: Final = re.compile(r"^\s*SELECT\s+\w+\s*\(", re.IGNORECASE)
_WHERE: Final = re.compile(
    r"\bWHERE\b(.*?)(?:\bGROUP\s+BY\b|\bORDER\s+BY\b|\bLIMIT\b|$)", re.IGNORECASE | re.DOTALL
)
_EQUALS: Final = re.compile(rf"({_WORD})\s*=\s*({_WORD})")
_EITHER: Final = re.compile(r"\bOR\b", re.IGNORECASE)
_SEARCH: Final = re.compile(r"\bSEARCH\s*\(\s*(?:'([^']*)'|\"((?:\\.|[^\"\\])*)\")", re.IGNORECASE)
_SCHEMA: Final = re.compile(r"\{([^{}]*)\}")
_TOKEN: Final = re.compile(_WORD)


class NamedMetrics(NamedTuple):
    """The namespace of an expression's metrics and the dimensions that all of them have."""

    namespace: str
    dimensions: tuple[tuple[str, str], ...]


def named_metrics(expression: str) -> Iterator[NamedMetrics]:
    """Yield what each query in the expression names; nothing for other metric math.

    Only equalities that must all hold count: of a choice of values none is the resource.
    """
    text = expression[:MAX_CHARACTERS]
    if _SELECT.match(text):
        yield from _of_query(text)
    for single, double in _SEARCH.findall(text):
        yield from _of_search(single or double.replace('\\"', '"'))


def is_multiple(expression: str) -> bool:
    """Return whether the expression may have several time series."""
    text = expression[:MAX_CHARACTERS]
    grouped = re.search(r"\bGROUP\s+BY\b", text, re.IGNORECASE)
    return bool(_SEARCH.search(text)) or bool(_SELECT.match(text) and grouped)


def _of_query(text: str) -> Iterator[NamedMetrics]:
    source = _FROM.search(text)
    if source:
        where = _WHERE.search(text)
        namespace = _plain(source.group(1) or source.group(3))
        yield NamedMetrics(namespace, _equalities(where.group(1) if where else ""))


def _of_search(text: str) -> Iterator[NamedMetrics]:
    schema = _SCHEMA.search(text)
    if schema:
        names = [_plain(word) for word in _TOKEN.findall(schema.group(1))]
        found = dict(_equalities(text[schema.end() :]))
        dimensions = tuple((n, found[n]) for n in names[1:] if n in found)
        if names:
            yield NamedMetrics(names[0], dimensions)


def _equalities(text: str) -> tuple[tuple[str, str], ...]:
    if _EITHER.search(re.sub(_WORD, lambda m: "" if m[0][0] in "'\"" else m[0], text)):
        return ()
    return tuple((_plain(name), _plain(value)) for name, value in _EQUALS.findall(text))


def _plain(word: str) -> str:
    return word[1:-1] if word[:1] in {"'", '"'} else word
