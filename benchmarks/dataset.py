"""The frame of a benchmark on public data: `python -m benchmarks.NAME --data DIR [--json FILE]`.

The directory is an argument and is not named in what is written: the data is not ours.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.report import lines
from benchmarks.result import Measured, Result, machine

SEED: Final = 0
"""For what draws; each benchmark says whether anything does."""
Figures = Mapping[str, Any]
Measure = Callable[[Path], tuple[Measured, Figures]]


def main(name: str, measure: Measure, arguments: Sequence[str] | None = None) -> int:
    """Measure on the data given, print the tables, and write the result when asked to."""
    parser = ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--data", type=Path, required=True, help="a directory of that format")
    parser.add_argument("--json", type=Path, help="also write the result there")
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
