"""Blocks of Markdown, whose cells and lines go through the renderers that make them inert."""

from collections.abc import Iterable, Sequence

from quorum.narrative import Words, markdown, markdown_cell


def table(head: Sequence[str], rows: Iterable[Sequence[Words]]) -> str:
    """Return a table, or an empty string without rows."""
    lines = [_row([markdown_cell(cell) for cell in row]) for row in rows]
    if not lines:
        return ""
    return "\n".join([_row(list(head)), _row(["---"] * len(head)), *lines])


def bullets(lines: Iterable[Words]) -> str:
    """Return a bullet list."""
    return "\n".join(f"- {markdown(line)}" for line in lines)


def section(title: str, *blocks: str) -> str:
    """Return a section with the blocks that are not empty."""
    return "\n\n".join([f"## {title}", *(block for block in blocks if block)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
