"""`python -m benchmarks [--data DIR]`: run all benchmarks, store the results, write the document.

Each benchmark runs in its own process, so that none warms up another. Benchmarks on public data
run if DIR is given; it has a folder per format, named as in `PUBLIC`.
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
    "notification_storm",
    "quorum_value",
    "certificate",
    "signing",
    "analysis_cost",
    "diagnosis_cost",
    "poisoning",
    "pace",
    "memory",
    "models",
    "learning",
)
PUBLIC: Final = {
    "root_cause": "petshop",
    "change": "rootcausebench",
    "anomaly": "nab",
    "forecast": "nab",
}
"""Benchmark → folder of its data."""


ALARMS: Final = "coverage"
"""The benchmark on a list of alarms, which is in `alarms/alarms.json` of the public data."""


def commands(data: Path | None) -> Iterator[list[str]]:
    """Yield the arguments of every benchmark whose data is available."""
    yield from ([name] for name in NAMES)
    for name, folder in PUBLIC.items():
        if data and (data / folder).is_dir():
            yield [name, "--data", str(data / folder)]
    if data and (alarms := data / "alarms" / "alarms.json").is_file():
        yield [ALARMS, "--alarms", str(alarms)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all benchmarks. A missed goal is a result; a benchmark that fails stops the run."""
    parser = ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--data", type=Path, help="directory with the public data")
    for name, *rest in commands(parser.parse_args(arguments).data):
        print(f"{name}:")
        command = [sys.executable, "-m", f"benchmarks.{name}", *rest]
        result = "--result" if name == ALARMS else "--json"
        subprocess.run([*command, result, str(RESULTS / f"{name}.json")], check=True)
    return plots.main() or report.main()


if __name__ == "__main__":
    sys.exit(main())
