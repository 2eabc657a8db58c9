"""Command line of benchmarks on public data: `python -m benchmarks.NAME --data DIR [--json FILE]`.

Results do not contain the directory's name.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.report import lines
from benchmarks.result import Measured, Result, machine

SEED: Final = 0
"""Seed of random draws, where a benchmark makes any."""
Figures = Mapping[str, Any]
Measure = Callable[[Path], tuple[Measured, Figures]]


def main(name: str, measure: Measure, arguments: Sequence[str] | None = None) -> int:
    """Measure on the given data, print the tables, and write the result if `--json` is given."""
    parser = ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--data", type=Path, required=True, help="directory of the data set")
    parser.add_argument("--json", type=Path, help="also write the result to this file")
    given = parser.parse_args(arguments)
    here = machine()
    measured, figures = measure(given.data)
    result = Result(
        **measured.model_dump(),
        command=f"python -m benchmarks.{name} --data DIR",
        date=datetime.now(UTC).replace(microsecond=0),
        machine=here,
        **{"seed": SEED, **figures},
    )
    print("\n".join(lines(result)))
    if given.json:
        given.json.write_text(result.model_dump_json(indent=1) + "\n")
    return 0
