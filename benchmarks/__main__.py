"""`python -m benchmarks [--data DIR]`: measure everything, store it, and write the document.

Each benchmark is a program of its own, so that none warms another up. Those on public data run
when its directory is given: a folder per format, named as in `PUBLIC`.
"""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks import plots, report
from benchmarks.result import RESULTS

NAMES: Final = (
    "coldstart",
    "intake",
    "overhead",
    "storm",
    "worth",
    "certificate",
    "signing",
    "analysis",
    "diagnosing",
    "poisoning",
)
PUBLIC: Final = {
    "root_cause": "petshop",
    "change": "rootcausebench",
    "anomaly": "nab",
    "forecast": "nab",
}
"""Benchmark → the folder with its format."""


def commands(data: Path | None) -> Iterator[list[str]]:
    """Yield the arguments of every benchmark that there is data for."""
    yield from ([name] for name in NAMES)
    for name, folder in PUBLIC.items():
        if data and (data / folder).is_dir():
            yield [name, "--data", str(data / folder)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every benchmark; a goal that is missed is a result, a benchmark that fails is not."""
    parser = ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--data", type=Path, help="a directory with the public data")
    for name, *rest in commands(parser.parse_args(arguments).data):
        print(f"{name}:")
        command = [sys.executable, "-m", f"benchmarks.{name}", *rest]
        subprocess.run([*command, "--json", str(RESULTS / f"{name}.json")], check=True)
    return plots.main() or report.main()


if __name__ == "__main__":
    sys.exit(main())
