"""Blocks of Markdown. Every cell and line goes through the renderers that make it inert."""

from collections.abc import Iterable, Sequence

from quorum.narrative import Words, markdown, markdown_cell


def table(head: Sequence[str], rows: Iterable[Sequence[Words]]) -> str:
    """Return a table, or nothing when it has no rows."""
    lines = [_row([markdown_cell(cell) for cell in row]) for row in rows]
    if not lines:
        return ""
    return "\n".join([_row(list(head)), _row(["---"] * len(head)), *lines])


def bullets(lines: Iterable[Words]) -> str:
    """Return a list."""
    return "\n".join(f"- {markdown(line)}" for line in lines)


def section(title: str, *blocks: str) -> str:
    """Return a section of those blocks that are not empty."""
    return "\n\n".join([f"## {title}", *(block for block in blocks if block)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
