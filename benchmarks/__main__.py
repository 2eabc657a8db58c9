"""`python -m benchmarks [--data DIR]`: measure, store it, and write the document.

Each benchmark is a program of its own, so that none warms another up. With `--data` it is those on
public data, in folders of DIR that are named after their formats.
"""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Final

from benchmarks import report
from benchmarks.result import RESULTS

NAMES: Final = ("coldstart", "intake", "overhead", "worth", "diagnosing")
PUBLIC: Final = {"root_cause": "petshop", "change": "rootcausebench"}
"""Benchmark -> the folder of its data."""


def main() -> int:
    """Run every benchmark; a goal that is missed is a result, a benchmark that fails is not."""
    parser = ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--data", type=Path, help="only those on public data, which lies there")
    data: Path | None = parser.parse_args().data
    for name in PUBLIC if data else NAMES:
        print(f"{name}:")
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        if data:
            command += ["--data", str(data / PUBLIC[name])]
        subprocess.run([*command, "--json", str(RESULTS / f"{name}.json")], check=True)
    return report.main()


if __name__ == "__main__":
    sys.exit(main())
