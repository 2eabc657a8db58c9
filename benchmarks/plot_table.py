"""Plots of result tables, one row per plot.

`python -m benchmarks.plots` draws them into `docs/plots`; the document shows those with data.
"""

from typing import Final, Literal, NamedTuple

from benchmarks.result import Measured, ResultTable


class TablePlot(NamedTuple):
    """A table to be drawn."""

    benchmark: str
    table: str
    """The table's title."""
    kind: Literal["bars", "lines", "diagonal"]
    """Grouped bars per row; lines; or points with the diagonal of perfect calibration."""
    over: str
    """The column of the labels or of the horizontal axis."""
    columns: tuple[str, ...]
    unit: str = ""

    @property
    def file(self) -> str:
        """Return the file name."""
        words = "".join(c if c.isalnum() else " " for c in self.table.lower()).split()
        return f"{self.benchmark}-{'-'.join(words[:5])}.svg"


PLOTS: Final = (
    TablePlot(
        "anomaly",
        "Comparison with other detectors",
        "bars",
        "detector",
        ("standard", "low_fp", "low_fn"),
        "score",
    ),
    TablePlot(
        "anomaly",
        "By category, one threshold per profile",
        "bars",
        "category",
        ("standard", "low_fp", "low_fn"),
        "score",
    ),
    TablePlot(
        "forecast",
        "Brier skill over climatology, by horizon",
        "lines",
        "points ahead",
        ("ours", "climatology", "seasonal naive"),
        "skill",
    ),
    TablePlot(
        "forecast",
        "Predicted and observed frequency of breaches",
        "diagonal",
        "predicted",
        ("observed",),
    ),
    TablePlot(
        "root_cause",
        "Comparison with baselines, same cases",
        "bars",
        "method",
        ("top-1", "top-3", "specificity, latency", "specificity, availability"),
        "rate",
    ),
    TablePlot(
        "pace",
        "By requests a minute: total failures decided right, %",
        "lines",
        "requests a minute",
        ("1/1 single", "1/1 pair", "3/5 single", "3/5 pair"),
        "% decided right",
    ),
    TablePlot(
        "pace",
        "By delivery of metrics: total failures decided right, %",
        "lines",
        "seconds of delivery",
        ("1/1 single", "1/1 pair", "3/5 single", "3/5 pair"),
        "% decided right",
    ),
    TablePlot("pace", "Calibration of all seats", "diagonal", "mean", ("right",)),
)


def plotted(result: Measured) -> list[tuple[TablePlot, ResultTable]]:
    """Return the result's plots, each with its table."""
    return [
        (plot, table)
        for plot in PLOTS
        if plot.benchmark == result.benchmark
        for table in result.tables
        if table.title == plot.table and table.rows
    ]
