"""Alarms of autoscaling, and rules of composites: the children that can have made one true."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

AUTOSCALING: Final = "TargetTracking-"
"""Name prefix of Application Auto Scaling's alarms: they scale and show no fault."""
MAX_CHARACTERS: Final = 10_240
_WORD: Final = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|[(),]|[^()\"',\s]+")
_ESCAPED: Final = re.compile(r"\\(.)")
_STATES: Final = frozenset({"ALARM", "OK", "INSUFFICIENT_DATA"})
_AT_LEAST: Final = "AT_LEAST"


class Child(NamedTuple):
    """A child of a rule, and the state in which it contributes to the composite's ALARM."""

    name: str
    state: str
    negated: bool = False

    def contributes(self, state: str) -> bool:
        """Return whether the child in this state makes the rule true, as far as it can."""
        return (state == self.state) != self.negated


def children(rule: str) -> tuple[Child, ...]:
    """Return the rule's children in the order of the rule; a child may stand in it twice."""
    words = _WORD.findall(rule[:MAX_CHARACTERS])
    return tuple(dict.fromkeys(_children(words)))


def _children(words: Sequence[str]) -> Iterator[Child]:
    negations = [False]  # of each open parenthesis
    pending = False
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        if word.upper() == "NOT":
            pending = not pending
        elif word == "(":
            negations.append(negations[-1] != pending)
            pending = False
        elif word == ")":
            negations = negations[:-1] or [False]
        elif words[place : place + 1] == ["("] and word in {*_STATES, _AT_LEAST}:
            end = _closing(words, place)
            negated = negations[-1] != pending
            inner = words[place + 1 : end]
            found = _counted(inner) if word == _AT_LEAST else [(_name(inner), word)]
            yield from (Child(name, state, negated) for name, state in found if name)
            pending, place = False, end + 1


def _closing(words: Sequence[str], opening: int) -> int:
    """Return the place of the parenthesis that closes this one, or the end."""
    depth = 0
    for place in range(opening, len(words)):
        depth += {"(": 1, ")": -1}.get(words[place], 0)
        if depth == 0:
            return place
    return len(words)


def _counted(inner: Sequence[str]) -> list[tuple[str, str]]:
    """Return the children in `N, STATE, (a, b)`, which may have the word NOT before the state."""
    if "(" not in inner:
        return []
    start = inner.index("(")
    states = [word for word in inner[:start] if word in _STATES]
    names: list[list[str]] = [[]]
    for word in inner[start + 1 : _closing(inner, start)]:
        if word == ",":
            names.append([])
        else:
            names[-1].append(word)
    return [(_name(words), state) for words in names for state in states[:1]]


def _name(words: Sequence[str]) -> str:
    """Return the name in the words, without quotes and escapes."""
    return " ".join(_plain(word) for word in words)


def _plain(word: str) -> str:
    return _ESCAPED.sub(r"\1", word[1:-1]) if word[:1] in {'"', "'"} else word
