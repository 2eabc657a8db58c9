"""Effect of a change, judged by the form of its diff, in any language.

A refactoring keeps its names, numbers and strings, perhaps elsewhere. A change of behaviour loses
some, lowers a limit, or replaces a name that others still expect. The text is untrusted and is only
counted.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from functions.diagnosis.identifiers import word_stems
from quorum.domain.evidence import Change

DiffEffect = Literal[
    "inert", "unseen", "version", "same", "kept", "added", "raised", "rewritten", "swapped",
    "lowered", "lost",
]  # fmt: skip
WEIGHTS: Final[dict[DiffEffect, float]] = {
    "inert": 0.002,
    "unseen": 0.1,
    "version": 0.15,
    "same": 0.05,
    "kept": 0.2,
    "added": 0.4,
    "raised": 0.5,
    "rewritten": 0.4,
    "swapped": 1.5,
    "lowered": 3.0,
    "lost": 3.0,
}
"""Odds that a change with this effect breaks something, against a typical one: rough estimates."""
MAX_SWAPPED: Final = 3
"""Names that a swap replaces at most; more is a rewrite."""
LOST_FACTOR: Final = 3
"""Lost tokens outnumber the gained ones by at least this factor."""

_INERT: Final = re.compile(
    r"(^|/)(docs?|tests?|testdata|__tests__|\.[a-z]+|ci)/|[_.]tests?\.|\.(md|rst|txt|css|scss)$"
    r"|(^|/)(CODEOWNERS|LICENSE)$",
    re.I,
)
_MANIFEST: Final = re.compile(
    r"(^|/)(go\.(mod|sum)|package(-lock)?\.json|requirements[^/]*|Cargo\.(toml|lock)|pom\.xml"
    r"|poetry\.lock|uv\.lock|Gemfile(\.lock)?|Dockerfile)$"
)
_COMMENT: Final = re.compile(r"^\s*(//|#|--|/?\*)|\s//.*")
_TOKEN: Final = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z_]\w*|\d+(?:\.\d+)?")
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:\*\s*(?:[A-Za-z]+\.)?)?([A-Za-z]*)")
_UNITS: Final = {
    "ms": 1e-3, "millisecond": 1e-3, "s": 1, "second": 1, "m": 60, "minute": 60, "h": 3600,
    "hour": 3600, "d": 86400, "day": 86400, "kb": 1e3, "mb": 1e6, "gb": 1e9,
}  # fmt: skip


class DiffSummary(NamedTuple):
    """The effect of a change, and its words."""

    effect: DiffEffect
    lost: frozenset[str]
    """Words that were removed and not added back."""
    gained: frozenset[str]
    about: frozenset[str]
    """Words in the names of the touched files or resources, and in the title."""

    @property
    def all(self) -> frozenset[str]:
        """Return all words of the change."""
        return self.lost | self.gained | self.about


def summarize_diff(change: Change) -> DiffSummary:
    """Return the summary of the change, by its diff or else by its two values."""
    names = [touched.outsider for touched in change.touched]
    removed, added = _lines(change)
    lost, gained = (word_stems(" ".join(tokens)) for tokens in (_tokens(removed), _tokens(added)))
    title = change.title.outsider if change.title else ""
    about = word_stems(" ".join((*names, title, change.setting)))
    return DiffSummary(_effect(names, removed, added), lost - gained, gained - lost, about)


def _lines(change: Change) -> tuple[list[str], list[str]]:
    if change.diff is None:
        values = ((change.before,), (change.after,))
        old, new = ([f"{change.setting} {v}" for v in vs if v is not None] for vs in values)
        return ([], []) if change.kind == "alias" else (old, new)
    lines = change.diff.outsider.split("\n")
    removed = [line[1:] for line in lines if line[:1] == "-" and line[:3] != "---"]
    added = [line[1:] for line in lines if line[:1] == "+" and line[:3] != "+++"]
    return [*map(_without_comment, removed)], [*map(_without_comment, added)]


def _without_comment(line: str) -> str:
    return _COMMENT.sub("", line) if not re.match(_COMMENT, line) else ""


def _tokens(lines: Iterable[str]) -> set[str]:
    return {token for line in lines for token in _TOKEN.findall(line)}


def _effect(names: Sequence[str], removed: Sequence[str], added: Sequence[str]) -> DiffEffect:
    if names and all(map(_INERT.search, names)):
        return "inert"
    if not removed and not added:
        return "unseen"
    if names and all(map(_MANIFEST.search, names)):
        return "version"
    down, up = _number_changes(removed, added)
    if down or up:
        return "lowered" if down else "raised"
    return _form(_tokens(removed), _tokens(added))


def _form(old: set[str], new: set[str]) -> DiffEffect:
    lost, gained = old - new, new - old
    if not lost:
        return "added" if gained else "same"
    literals = {token for token in old if not (token[0].isalpha() or token[0] == "_")}
    if len(literals) > 1 and literals <= new:
        return "kept"
    if len(gained) * LOST_FACTOR <= len(lost):
        return "lost"
    return "swapped" if max(len(lost), len(gained)) <= MAX_SWAPPED else "rewritten"


def _number_changes(removed: Sequence[str], added: Sequence[str]) -> tuple[int, int]:
    """Return the counts of lowered and raised numbers in otherwise identical lines."""
    forms = {_NUMBER.sub("#", line).replace(" ", ""): line for line in added if line.strip()}
    down = up = 0
    for line in removed:
        other = forms.get(_NUMBER.sub("#", line).replace(" ", ""))
        for old, new in zip(_numbers(line), _numbers(other or ""), strict=False):
            down, up = down + (new < old), up + (new > old)
    return down, up


def _numbers(line: str) -> list[float]:
    return [
        float(number) * _UNITS.get(unit.lower(), _UNITS.get(unit.lower().rstrip("s"), 1))
        for number, unit in _NUMBER.findall(line)
    ]
