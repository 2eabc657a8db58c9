"""Text layout for the terminal: hanging indents, word wrap and bars."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from quorum.domain.constants import BASIS_POINTS

NARROWEST = 20
"""Cells that a paragraph gets even where its indent leaves less."""


@dataclass(frozen=True)
class Paragraph:
    """A label and a text beside it; further lines of the text are indented like the first.

    The text is wrapped between words. A word longer than a line is cut with an ellipsis, or, with
    `fold`, continued on the next line.
    """

    label: Text
    text: Text
    fold: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, none wider than the console."""
        indent = self.label.cell_len
        width = max(NARROWEST, options.max_width - indent)
        lines = self.text.wrap(console, width, overflow="fold" if self.fold else "ellipsis")
        for number, line in enumerate(lines):
            line.rstrip()
            yield Text.assemble(self.label if number == 0 else " " * indent, line)


def bar(basis_points: int, width: int) -> str:
    """Return a bar of `width` characters, filled in proportion to the basis points."""
    full = round(basis_points / BASIS_POINTS * width)
    return "█" * full + "░" * (width - full)
