"""Markdown pages of the repository, as the tests of the documentation read them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT: Final = Path(__file__).parents[3]
PAGES: Final = tuple(
    sorted(
        page
        for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", ".github/**/*.md")
        for page in ROOT.glob(pattern)
    )
)
PARSER: Final = MarkdownIt("commonmark").enable("table")


class Link(NamedTuple):
    """The target of a link or an image, and the line that its block begins in."""

    line: int
    target: str


def links(text: str) -> Iterator[Link]:
    """Yield every link and image."""
    for block in PARSER.parse(text):
        for token in block.children or ():
            target = token.attrGet("href") or token.attrGet("src")
            if isinstance(target, str):
                yield Link((block.map or [0])[0] + 1, target)


def anchors(text: str) -> frozenset[str]:
    """Return the anchors of a page's headings, as GitHub and the site make them."""
    return frozenset(anchor for anchor, _ in _headings(text))


def section(text: str, anchor: str) -> str:
    """Return the heading with that anchor, and the text up to the next heading."""
    found = [*_headings(text), ("", len(text.splitlines()))]
    starts = dict(found)
    begin = starts[anchor]
    end = min(line for _, line in found if line > begin)
    return "".join(text.splitlines(keepends=True)[begin:end])


def _headings(text: str) -> Iterator[tuple[str, int]]:
    """Yield each heading's anchor and line, from 0; a repeated anchor gets a number."""
    seen = Counter[str]()
    for heading, inline in pairwise(PARSER.parse(text)):
        if heading.type == "heading_open":
            name = slug("".join(_words(inline.children or ())))
            yield f"{name}-{seen[name]}" if seen[name] else name, (heading.map or [0])[0]
            seen[name] += 1


def slug(heading: str) -> str:
    """Return a heading's anchor: lower case, hyphens for spaces, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower().strip()).replace(" ", "-")


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield what people read of a page, block by block with its line: no code, no addresses."""
    for block in PARSER.parse(text):
        if block.type == "inline":
            yield (block.map or [0])[0] + 1, " ".join("".join(_words(_text(block))).split())


def table(text: str, mark: str) -> list[tuple[str, ...]]:
    """Return the rows of the table between the marks, without its head."""
    _, _, rest = text.partition(f"<!-- {mark} -->\n")
    lines = rest[: rest.index(f"<!-- end of {mark} -->")].strip().splitlines()[2:]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def without(text: str, mark: str) -> str:
    """Return the page without what stands between the marks; the line numbers stay."""
    before, first, rest = text.partition(f"<!-- {mark} -->\n")
    end = rest.find(f"<!-- end of {mark} -->")
    return before + first + "\n" * rest[:end].count("\n") + rest[end:] if first else text


def _text(block: Token) -> Sequence[Token]:
    return [token for token in block.children or () if token.type != "code_inline"]


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
