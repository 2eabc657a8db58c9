"""Sentences as parts that keep outsiders' text apart from Quorum's own until they are rendered.

Every renderer makes all parts inert, Quorum's own too: a wrongly marked part still does nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from html import escape
from typing import Final

from quorum.domain.base import OutsiderText

OUTSIDER_LENGTH: Final = 300
"""Maximum characters of one outsider's text in a sentence."""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A name, an id or a value: shown unchanged, never read as markup."""

    text: str


Part = str | Verbatim | OutsiderText
Words = tuple[Part, ...]

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>&|~#])")
_BACKTICKS: Final = re.compile(r"`+")


def outsider(text: str | OutsiderText) -> OutsiderText:
    """Return the text as an outsider's: printable, on one line, shortened."""
    flat = one_line(text.outsider if isinstance(text, OutsiderText) else text)
    short = flat if len(flat) <= OUTSIDER_LENGTH else f"{flat[: OUTSIDER_LENGTH - 1]}…"
    return OutsiderText.of(short)


def one_line(text: str) -> str:
    """Return the text without control and format characters, each run of blanks as one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def plain(words: Words) -> str:
    """Render for a terminal or a text mail: outsiders' text stands in quotation marks."""
    return "".join(_render(words, _ours, one_line, lambda text: f"“{_unquoted(text)}”"))


def html(words: Words) -> str:
    """Render for an HTML mail, everything escaped."""
    return "".join(
        _render(
            words,
            lambda text: escape(_ours(text)),
            lambda text: f"<code>{escape(one_line(text))}</code>",
            lambda text: f"<q>{escape(_unquoted(text))}</q>",
        )
    )


def mrkdwn(words: Words) -> str:
    """Render for Slack: `&`, `<` and `>` begin all of its control sequences; all are escaped.

    Names and outsiders' text become code spans, in which nothing else is markup.
    """
    return "".join(
        _render(words, lambda text: escape(_ours(text), quote=False), _slack_code, _slack_code)
    )


def markdown(words: Words) -> str:
    """Render for Markdown: names and outsiders' text become code spans, without markup inside.

    Code spans and not backslashes: several renderers make links of escaped addresses.
    """
    pieces = _render(words, lambda text: _MARKUP.sub(r"\\\1", _ours(text)), _code_span, _code_span)
    return reduce(_apart, pieces, "")


def markdown_cell(words: Words) -> str:
    """Render for a cell of a Markdown table; `|` becomes `¦`, as it would end the cell."""
    return markdown(words).replace("\\|", "¦").replace("|", "¦")


def join(parts: Iterable[Words], separator: str = ", ") -> Words:
    """Return the parts in order with the separator between them."""
    joined: list[Part] = []
    for words in parts:
        joined += [*([separator] if joined else []), *words]
    return tuple(joined)


def _render(
    words: Words,
    ours: Callable[[str], str],
    verbatim: Callable[[str], str],
    theirs: Callable[[str], str],
) -> Iterable[str]:
    for part in words:
        match part:
            case str():
                yield ours(part)
            case Verbatim():
                yield verbatim(part.text)
            case OutsiderText():
                yield theirs(part.outsider)


def _ours(text: str) -> str:
    """Return `one_line` of the text but keep a blank at either end: it separates parts."""
    flat = one_line(text)
    before = " " if text[:1].isspace() else ""
    after = " " if flat and text[-1:].isspace() else ""
    return f"{before}{flat}{after}"


def _unquoted(text: str) -> str:
    return one_line(text).replace("“", '"').replace("”", '"')


def _apart(before: str, piece: str) -> str:
    """Put a blank between neighbouring code spans: touching, their fences would run together."""
    touching = before.endswith("`") and piece.startswith("`")
    return f"{before} {piece}" if touching else before + piece


def _slack_code(text: str) -> str:
    return f"`{escape(one_line(text).replace('`', chr(39)), quote=False) or ' '}`"


def _code_span(text: str) -> str:
    flat = one_line(text) or " "
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(flat)), default=0))
    pad = " " if flat[0] == "`" or flat[-1] == "`" else ""
    return f"{fence}{pad}{flat}{pad}{fence}"
