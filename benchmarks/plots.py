"""Plots of the stored results in `docs/plots`: `python -m benchmarks.plots`."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.plot_table import TablePlot, plotted
from benchmarks.report import DOCUMENT, stored
from benchmarks.result import Cell, Measured, ResultTable

PLACE: Final = DOCUMENT.parent / "plots"
SIZE: Final = (7.0, 3.4)
"""Inches."""


def draw(results: Iterable[Measured], place: Path = PLACE) -> list[Path]:
    """Draw all plots with data; return the files."""
    place.mkdir(parents=True, exist_ok=True)
    return [_save(*one, place) for result in results for one in plotted(result)]


def _save(plot: TablePlot, table: ResultTable, place: Path) -> Path:
    with mpl.rc_context(
        {
            "svg.fonttype": "none",  # text stays text: small and searchable
            "svg.hashsalt": "quorum",  # identical files from identical numbers
            "font.size": 8,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    ):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        {"bars": _bars, "lines": _lines, "diagonal": _diagonal}[plot.kind](axes, plot, table)
        axes.set_ylabel(plot.unit)
        figure.savefig(place / plot.file, metadata={"Date": None})
    return place / plot.file


def _bars(axes: Axes, plot: TablePlot, table: ResultTable) -> None:
    rows, width = table.rows, 0.8 / len(plot.columns)
    for place, column in enumerate(plot.columns):
        middles = [n + (place - (len(plot.columns) - 1) / 2) * width for n in range(len(rows))]
        axes.barh(middles, _numbers(rows, column), width, label=column)
    axes.set_yticks(range(len(rows)), [str(row[plot.over]) for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel(plot.unit)
    axes.legend(
        frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(plot.columns)
    )


def _lines(axes: Axes, plot: TablePlot, table: ResultTable) -> None:
    rows = [row for row in table.rows if isinstance(row[plot.over], int | float)]
    labels = [str(row[plot.over]) for row in rows]
    for column in plot.columns:
        axes.plot(labels, _numbers(rows, column), marker="o", label=column)
    axes.set_xlabel(plot.over)
    axes.legend(frameon=False)


def _diagonal(axes: Axes, plot: TablePlot, table: ResultTable) -> None:
    axes.plot((0, 1), (0, 1), color="grey", linewidth=0.8)
    for column in plot.columns:
        axes.plot(_numbers(table.rows, plot.over), _numbers(table.rows, column), marker="o")
    axes.set_xlabel(plot.over)
    axes.set_ylabel(plot.columns[0])


def _numbers(rows: Sequence[dict[str, Cell]], column: str) -> list[float]:
    """Return the column's numbers, 0 for other cells."""
    return [float(v) if isinstance(v := row[column], int | float) else 0.0 for row in rows]


def main() -> int:
    """Draw the plots and print their file names."""
    for file in draw(stored()):
        print(file.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
