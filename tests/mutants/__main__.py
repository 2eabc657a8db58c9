"""python -m tests.mutants [WORD…]: break each promise once and see that a test fails.

Each change is made in a temporary copy of the tree, and only the tests that should fail run
there. Exits with 1 when one survives, when a change no longer fits the code, or when the tests
cannot even be collected. With words, only the mutants whose names hold one of them; with 2 when no
name does.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from tests.mutants.copying import copied
from tests.mutants.messages import MESSAGES
from tests.mutants.row import Mutant
from tests.mutants.table import MUTANTS

Outcome = Literal["killed", "survived", "does not fit", "cannot run"]
_BY_STATUS: Final[dict[int, Outcome]] = {0: "survived", 1: "killed"}


def main(words: list[str]) -> int:
    """Try the mutants; print one line each."""
    chosen = [
        m for m in (*MUTANTS, *MESSAGES) if not words or any(word in m.name for word in words)
    ]
    if not chosen:
        _say(f"no mutant's name holds {' or '.join(words)}")
        return 2
    with TemporaryDirectory() as scratch:
        tree = copied(Path(scratch) / "tree")
        if _pytest(tree, {test for mutant in chosen for test in mutant.tests}) != 0:
            _say("the tests fail without any change")
            return 1
        outcomes = [_tried(tree, mutant) for mutant in chosen]
    killed = outcomes.count("killed")
    _say(f"{killed} of {len(chosen)} killed")
    return 0 if killed == len(chosen) else 1


def _tried(tree: Path, mutant: Mutant) -> Outcome:
    """Return what became of the mutant, and leave the tree as it was."""
    file = tree / mutant.file
    whole = file.read_text()
    if whole.count(mutant.old) != 1:
        outcome: Outcome = "does not fit"
    else:
        file.write_text(whole.replace(mutant.old, mutant.new))
        outcome = _BY_STATUS.get(_pytest(tree, mutant.tests), "cannot run")
        file.write_text(whole)
    _say(f"{outcome:12} {mutant.name}")
    return outcome


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _pytest(tree: Path, tests: Iterable[str]) -> int:
    options = ["-q", "-x", "-p", "no:cacheprovider"]
    command = [sys.executable, "-B", "-m", "pytest", *options, *sorted(tests)]
    done = subprocess.run(command, cwd=tree, check=False, capture_output=True)  # noqa: S603 - ours
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
