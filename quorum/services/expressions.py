"""Metrics that CloudWatch's expressions name: Metrics Insights queries and SEARCH.

Text is read, never evaluated: what is not recognised names nothing.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

MAX_CHARACTERS: Final = 10_240
_TOKEN: Final = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|[\w.:/-]+|!=|[(){},=<>]")
_ENDS: Final = frozenset({"GROUP", "ORDER", "LIMIT"})
_CHOICES: Final = frozenset({"OR", "NOT", "!="})


class NamedMetrics(NamedTuple):
    """The namespace of an expression's metrics and the dimensions that all of them have."""

    namespace: str
    dimensions: tuple[tuple[str, str], ...]


def named_metrics(expression: str) -> Iterator[NamedMetrics]:
    """Yield what each query in the expression names; nothing for other metric math.

    Only equalities that must all hold count: of a choice of values none is the resource.
    """
    tokens = _TOKEN.findall(expression[:MAX_CHARACTERS])
    words = [token.upper() for token in tokens]
    if words[:1] == ["SELECT"]:
        yield from _of_query(tokens, words)
    for place in range(len(words) - 2):
        if words[place] == "SEARCH" and words[place + 1] == "(":
            yield from _of_search(_plain(tokens[place + 2]))


def _of_query(tokens: Sequence[str], words: Sequence[str]) -> Iterator[NamedMetrics]:
    start = words.index("FROM") + 1 if "FROM" in words else len(words)
    if words[start : start + 2] == ["SCHEMA", "("]:
        start += 2
    where = words.index("WHERE") + 1 if "WHERE" in words else len(words)
    end = next((n for n in range(where, len(words)) if words[n] in _ENDS), len(words))
    if start < len(tokens):
        yield NamedMetrics(_plain(tokens[start]), _equalities(tokens[where:end], words[where:end]))


def _of_search(text: str) -> Iterator[NamedMetrics]:
    tokens = _TOKEN.findall(text)
    if "{" not in tokens or "}" not in tokens:
        return
    end = tokens.index("}")
    schema = [_plain(token) for token in tokens[tokens.index("{") + 1 : end] if token[0] != ","]
    rest = tokens[end + 1 :]
    found = dict(_equalities(rest, [token.upper() for token in rest]))
    if schema:
        named = tuple((name, found[name]) for name in schema[1:] if name in found)
        yield NamedMetrics(schema[0], named)


def _equalities(tokens: Sequence[str], words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if _CHOICES.intersection(words):
        return ()
    return tuple(
        (_plain(tokens[n - 1]), _plain(tokens[n + 1]))
        for n in range(1, len(tokens) - 1)
        if tokens[n] == "="
    )


def _plain(token: str) -> str:
    """Return the token without its quotes."""
    return token[1:-1].replace('\\"', '"') if token[0] in {"'", '"'} else token
