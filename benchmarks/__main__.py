"""`python -m benchmarks`: measure everything, store it, and write the document.

Each benchmark is a program of its own, so that none warms another up.
"""

import subprocess
import sys
from typing import Final

from benchmarks import report
from benchmarks.result import RESULTS

NAMES: Final = ("coldstart", "intake", "overhead", "worth", "certificate")


def main() -> int:
    """Run every benchmark; a goal that is missed is a result, a benchmark that fails is not."""
    for name in NAMES:
        print(f"{name}:")
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        subprocess.run([*command, "--json", str(RESULTS / f"{name}.json")], check=True)
    return report.main()


if __name__ == "__main__":
    sys.exit(main())
