"""A terminal's output as one SVG that animates by CSS alone.

All rows are drawn once, one below the other, behind a window of `ROWS` rows. Two animations run in
steps: a curtain uncovers row after row until the window is full, then the rows move up. Without
animation, or where the reader prefers less motion, the picture shows the end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME as THEME
from rich.text import Text

COLUMNS: Final = 80
ROWS: Final = 30
CELL: Final = (8.4, 18.0)
"""Width and height of a character in pixels."""
SIZE: Final = 14
PADDING: Final = 14
BACKGROUND: Final = THEME.background_color.hex
DIMMED: Final = 0.6
"""Opacity of dim text."""
SPACE: Final = "\u00a0"
"""Several spaces in a row would become one."""
CONTROLS: Final = dict.fromkeys([*range(0x20), 0xFFFE, 0xFFFF])
"""Characters that XML cannot hold, and line breaks: left out."""


class ScreenFrame(NamedTuple):
    """One row, and the second of the picture in which it appears."""

    at: float
    row: Text


def drawn(frames: Sequence[ScreenFrame], *, title: str, hold: float) -> str:
    """Return the SVG: `frames` by time, the last one shown for `hold` seconds more."""
    styles: dict[str, str] = {}
    rows = [_row(number, frame.row, styles) for number, frame in enumerate(frames)]
    width, height = (round(n) for n in (CELL[0] * COLUMNS, CELL[1] * ROWS))
    outer = (width + 2 * PADDING, height + 2 * PADDING)
    rules = "\n".join(f".{name}{{{rule}}}" for rule, name in styles.items())
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {outer[0]} {outer[1]}" '
            'role="img" aria-labelledby="title">',
            f'<title id="title">{escape(title)}</title>',
            f"<style>\n{_animation(frames, hold)}\n{rules}\n</style>",
            f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
            f'<svg x="{PADDING}" y="{PADDING}" width="{width}" height="{height}">',
            '<g class="rows">',
            *filter(None, rows),
            "</g>",
            f'<rect class="curtain" width="100%" height="100%" fill="{BACKGROUND}"/>',
            "</svg>\n</svg>\n",
        )
    )


def _animation(frames: Sequence[ScreenFrame], hold: float) -> str:
    """Return the CSS that shows the newest row, and the rows before it that fit the window."""
    family = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
    return "\n".join(
        (
            f"text{{font:{SIZE}px {family};fill:{THEME.foreground_color.hex}}}",
            _steps("rows", frames, hold, lambda shown: min(0, ROWS - shown)),
            _steps("curtain", frames, hold, lambda shown: min(shown, ROWS)),
            "@media (prefers-reduced-motion:reduce){.rows,.curtain{animation:none}}",
        )
    )


def _steps(
    name: str, frames: Sequence[ScreenFrame], hold: float, rows: Callable[[int], int]
) -> str:
    """Return the animation of a class; `rows` maps the rows shown to the offset in rows."""
    whole = frames[-1].at + hold
    seen = {f"{frame.at / whole:.4%}": rows(shown) for shown, frame in enumerate(frames, 1)}
    steps = "\n".join(f"{at}{{{_moved(by)}}}" for at, by in _changes(seen))
    end = _moved(rows(len(frames)))
    motion = f"animation:{name} {whole:.2f}s step-end infinite"
    return f".{name}{{{end};{motion}}}\n@keyframes {name}{{\n{steps}\n}}"


def _changes(seen: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield the steps that differ from the one before."""
    before: int | None = None
    for at, by in seen.items():
        if by != before:
            yield at, by
        before = by


def _moved(rows: int) -> str:
    return f"transform:translateY({rows * CELL[1]:g}px)"


def _row(number: int, row: Text, styles: dict[str, str]) -> str:
    """Return the row's text elements, one per run of one style; note the styles."""
    return "".join(_runs(row, number * CELL[1] + SIZE, styles))


def _runs(row: Text, y: float, styles: dict[str, str]) -> Iterator[str]:
    column = 0
    for segment in row.render(Console(width=COLUMNS)):
        text = segment.text.translate(CONTROLS)
        inner = text.strip()
        if inner:
            x = (column + len(text) - len(text.lstrip())) * CELL[0]
            rule = _rule(segment.style or Style())
            known = styles.setdefault(rule, f"s{len(styles)}") if rule else ""
            styled = f' class="{known}"' if known else ""
            long = cell_len(inner) * CELL[0]
            yield (
                f'<text x="{x:g}" y="{y:g}" textLength="{long:g}"{styled}>'
                f"{escape(inner, quote=False).replace(' ', SPACE)}</text>"
            )
        column += cell_len(text)


def _rule(style: Style) -> str:
    """Return the CSS of the style, or nothing for plain text."""
    rules = (
        f"fill:{_hex(style.color)}" if style.color and not style.color.is_default else "",
        "font-weight:bold" if style.bold else "",
        f"opacity:{DIMMED}" if style.dim else "",
    )
    return ";".join(filter(None, rules))


def _hex(color: Color) -> str:
    return color.get_truecolor(THEME).hex
