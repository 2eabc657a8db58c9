"""Which tables of the results are drawn as well, and how; a row per plot.

`python -m benchmarks.plots` draws them into `docs/plots`; the document shows those that have data.
"""

from typing import Final, Literal, NamedTuple

from benchmarks.result import Measured, Table


class Plot(NamedTuple):
    """A table as a picture."""

    benchmark: str
    table: str
    """The table's title."""
    kind: Literal["bars", "lines", "diagonal"]
    """Bars side by side per row; lines over the first column; points against *as reported*."""
    over: str
    """The column with the labels, or with the horizontal axis."""
    columns: tuple[str, ...]
    unit: str = ""

    @property
    def file(self) -> str:
        """Return the picture's name."""
        words = "".join(c if c.isalnum() else " " for c in self.table.lower()).split()
        return f"{self.benchmark}-{'-'.join(words[:5])}.svg"


PLOTS: Final = (
    Plot("anomaly", "Beside others", "bars", "detector", ("standard", "low_fp", "low_fn"), "score"),
    Plot(
        "anomaly",
        "By category, one threshold per profile",
        "bars",
        "category",
        ("standard", "low_fp", "low_fn"),
        "score",
    ),
    Plot(
        "forecast",
        "Brier skill over climatology, by horizon",
        "lines",
        "points ahead",
        ("ours", "climatology", "seasonal naive"),
        "skill",
    ),
    Plot("forecast", "Reported and observed probability", "diagonal", "reported", ("came",)),
    Plot(
        "root_cause",
        "Beside the baselines, same cases",
        "bars",
        "method",
        ("top-1", "top-3", "specificity, latency", "specificity, availability"),
        "rate",
    ),
)


def plotted(result: Measured) -> list[tuple[Plot, Table]]:
    """Return the result's plots with their tables."""
    return [
        (plot, table)
        for plot in PLOTS
        if plot.benchmark == result.benchmark
        for table in result.tables
        if table.title == plot.table and table.rows
    ]
