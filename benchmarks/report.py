"""`docs/benchmarks.md`, from the results and from nothing else."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.plot_table import plotted
from benchmarks.result import RESULTS, Cell, Result, Table

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
INTRODUCTION: Final = (
    "# Benchmarks\n\n"
    "Written by `python -m benchmarks.report` from `benchmarks/results/*.json`; `make bench` "
    "measures again,\n`make bench DATA=DIR` on public data. Seconds here are those of one small "
    "machine, which other work may\nhave shared; goals are ratios within one run, or counts. None "
    "of this is a recovery time on AWS.\n"
)


def document(results: Iterable[Result]) -> str:
    """Return the whole document."""
    return "\n".join([INTRODUCTION, *("\n".join(lines(result)) for result in results)])


def stored() -> list[Result]:
    """Return the committed results, by name."""
    return [Result.model_validate_json(p.read_text()) for p in sorted(RESULTS.glob("*.json"))]


def main() -> int:
    """Write the document."""
    DOCUMENT.write_text(document(stored()))
    return 0


def lines(result: Result) -> Iterator[str]:
    """Yield the result's section, line by line."""
    machine = result.machine
    title, _, about = result.about.partition("\n")
    yield f"## {title.rstrip('.')}\n"
    yield f"{about.strip()}\n"
    yield (
        f"`{result.command}`, {result.date:%Y-%m-%d %H:%M} UTC, {machine.processor}, "
        f"{machine.cores} cores, {machine.system}, Python {machine.python}, "
        f"load {machine.load:g} when it began\n"
    )
    yield from _table([_goal_row(result, place) for place in range(len(result.goals))])
    for table in result.tables:
        yield from _titled(table)
    for plot, _ in plotted(result):
        yield f"![{plot.table}](plots/{plot.file})\n"


def _goal_row(result: Result, place: int) -> dict[str, Cell]:
    goal = result.goals[place]
    return {
        "goal": goal.what,
        "limit": f"{goal.rule} {goal.limit:g}",
        "measured": f"{goal.measured:g}",
        "": "met" if goal.met else "**missed**",
    }


def _titled(table: Table) -> Iterator[str]:
    yield f"{table.title}:\n"
    yield from _table(table.rows)


def _table(rows: list[dict[str, Cell]]) -> Iterator[str]:
    if rows:
        yield _line(rows[0])
        yield _line("---" for _ in rows[0])
        yield from (_line(_cell(value) for value in row.values()) for row in rows)
        yield ""


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: Cell) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main())
