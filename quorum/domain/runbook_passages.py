"""Runbooks as passages: Markdown divided at its headings, each with its source."""

import re
from collections.abc import Iterator
from typing import Final

from quorum.domain.base import OutsiderText, Record

MOST_CHARACTERS: Final = 2000
"""The capacity of an `OutsiderText`; a longer section becomes several passages."""
_HEADING: Final = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_FENCE: Final = re.compile(r"^\s*(```|~~~)")


class Passage(Record):
    """A section of a runbook."""

    runbook: str
    headings: tuple[str, ...]
    """The headings above the passage, from the outermost in."""
    part: int = 0
    """The position within a section that is divided."""
    text: OutsiderText


def passages(runbook: str, markdown: str) -> tuple[Passage, ...]:
    """Return the passages of a Markdown text, in order, without those that hold no text."""
    return tuple(
        Passage(runbook=runbook, headings=headings, part=part, text=OutsiderText.redacted(text))
        for headings, body in _sections(markdown)
        for part, text in enumerate(_parts(body))
    )


def _sections(markdown: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (headings, body). A line that begins with `#` inside a code block is no heading."""
    above: dict[int, str] = {}
    body: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        fenced ^= _FENCE.match(line) is not None
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            body.append(line)
            continue
        yield tuple(above.values()), "\n".join(body)
        level = len(heading[1])
        above = {depth: text for depth, text in above.items() if depth < level}
        above[level], body = heading[2], []
    yield tuple(above.values()), "\n".join(body)


def _parts(body: str) -> Iterator[str]:
    """Yield the body in parts of at most MOST_CHARACTERS, divided between paragraphs or words."""
    rest = body.strip()
    while len(rest) > MOST_CHARACTERS:
        start = rest[:MOST_CHARACTERS]
        cut = max(start.rfind("\n\n"), 0) or max(start.rfind(" "), 0) or MOST_CHARACTERS
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest
