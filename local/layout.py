"""Text layout for the terminal: hanging indents, word wrap and bars."""

from dataclasses import dataclass

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from quorum.domain.constants import BASIS_POINTS

INDENT = 2
"""Cells before a text below its label."""


@dataclass(frozen=True)
class Paragraph:
    """A label and a text beside it; further lines of the text are indented like the first.

    If a word of the text does not fit beside the label, the text begins below it.
    """

    label: Text
    text: str
    style: str = ""
    fold: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, none wider than the console."""
        label, longest = self.label, max(map(cell_len, self.text.split()), default=0)
        if label.cell_len + longest > options.max_width:
            yield label
            label = Text(" " * INDENT)
        indent = " " * label.cell_len
        lines = wrapped(self.text, max(1, options.max_width - len(indent)), fold=self.fold)
        for number, line in enumerate(lines):
            yield Text.assemble(indent if number else label, (line, self.style))


def wrapped(text: str, width: int, *, fold: bool = False) -> list[str]:
    """Return lines of at most `width` terminal cells, broken between words.

    A word longer than a line is cut with an ellipsis, or, with `fold`, continued on the next line.
    """
    lines = [""]
    for word in text.split():
        for piece in chop_cells(word, width) if fold else [_cut(word, width)]:
            longer = f"{lines[-1]} {piece}".lstrip()
            if cell_len(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _cut(word: str, width: int) -> str:
    return word if cell_len(word) <= width else set_cell_size(word, width - 1) + "…"


def bar(basis_points: int, width: int) -> str:
    """Return a bar of `width` characters, filled in proportion to the basis points."""
    full = round(basis_points / BASIS_POINTS * width)
    return "█" * full + "░" * (width - full)
