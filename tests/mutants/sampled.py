"""python -m tests.mutants.sampled: break the safety core at random places; name what lives.

Of every module a seeded sample of all mutants is tried in a temporary copy of the tree, with the
tests that belong to the module. Prints each survivor and a table. Exits with 1 when more of a
module's sample live than may, or when tests fail without any change.
"""

import argparse
import os
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.copying import copied
from tests.mutants.finding import Found
from tests.mutants.safety_core import SAFETY_CORE
from tests.mutants.trying import Row, attempt


def main(arguments: Sequence[str]) -> int:
    """Try a sample of each module; print survivors and the table."""
    asked = _arguments(arguments)
    modules = [m for m in SAFETY_CORE if not asked.module or any(w in m for w in asked.module)]
    with TemporaryDirectory() as scratch:
        tree = copied(Path(scratch) / "tree")

        def tried(module: str) -> Row:
            chance = random.Random(f"{asked.seed} {module}")  # noqa: S311 - a sample
            row = attempt(tree, module, chance, asked.sample)
            _say(
                *(_line(one) for one in row.survivors),
                *([f"{module}: {row.trouble}"] if row.trouble else []),
            )
            return row

        with ThreadPoolExecutor(asked.jobs) as jobs:
            rows = list(jobs.map(tried, modules))
    _say(*_table(rows))
    return 1 if any(row.too_many(asked.most) for row in rows) else 0


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.sampled")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=20, help="mutants of each module; 0: all")
    parser.add_argument("--module", action="append", help="part of a module's path; repeatable")
    parser.add_argument("--most", type=float, default=0.03, help="share of each that may live")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


def _line(one: Found) -> str:
    place = f"{one.module}:{one.line} {one.function}".rstrip()
    return f"{place}\n    {one.kind}\n    {one.before}\n -> {one.after}"


def _table(rows: Sequence[Row]) -> list[str]:
    """Return the table's lines: a row for each module, and the sum."""
    head = f"{'module':42} possible  tried equivalent survived"
    lines = [head]
    for row in rows:
        counts = f"{row.possible:8} {row.tried:6} {row.equivalent:10} {len(row.survivors):8}"
        lines.append(f"{row.module:42} {counts}  {row.trouble}".rstrip())
    tried, alive = sum(r.tried for r in rows), sum(len(r.survivors) for r in rows)
    lines.append(f"{alive} of {tried} survived")
    return lines


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
