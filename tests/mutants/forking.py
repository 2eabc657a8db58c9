"""python -m tests.mutants.forking MODULE PLACES TEST…: try mutants of one module, a fork each.

The tests are collected once; each fork puts the mutant's code into the functions that were
imported, runs the tests that reach it, the quickest first, and ends. Nothing is written but the
answers: a line `place outcome` for each place of the module's mutants. A mutant outside of any
function has to be `imported` anew: see `importing`.
"""

import ast
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, TextIO

import pytest

from tests.mutants.finding import Found
from tests.mutants.fork import forked
from tests.mutants.importing import OPTIONS, mutants
from tests.mutants.reaching import Reached, code_of, functions

LEAST_SECONDS: Final = 20
SLOWER: Final = 5
"""The factor over the unchanged tests' time at which a mutant counts as killed."""
MOST_SECONDS: Final = 900


class Forks:
    """Runs the collected tests once for each mutant, instead of once."""

    def __init__(self, module: str, mutants: dict[int, Found], answers: TextIO) -> None:
        self.module, self.mutants, self.answers = module, mutants, answers
        self.tree = ast.parse(Path(module).read_text())
        self.took: dict[str, float] = {}
        self.reached: dict[str, list[str]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answer for each mutant; nothing when the tests fail without any."""
        items = {item.nodeid: item for item in session.items}
        if not self._unchanged(session):
            self._say("-", "the tests fail without any change")
            return True
        for place, mutant in self.mutants.items():
            tests = sorted(self.reached.get(mutant.function, ()), key=lambda test: self.took[test])
            session.items = [items[test] for test in tests]
            self._say(place, self._outcome(session, mutant))
        return True

    def _say(self, place: object, outcome: str) -> None:
        self.answers.write(f"{place} {outcome}\n")
        self.answers.flush()

    def _unchanged(self, session: pytest.Session) -> bool:
        """Find how long each test takes and what it reaches; return whether all of them pass."""
        with NamedTemporaryFile() as times:

            def run() -> bool:
                reached, took = Reached(), dict[str, float]()
                reached.watch(self.module, self.tree)
                failed = _run(session, took, lambda test: setattr(reached, "test", test))
                by_function = {name: sorted(tests) for name, tests in reached.by_function.items()}
                Path(times.name).write_text(json.dumps([took, by_function]))
                return failed

            passed = forked(run, MOST_SECONDS)
            if passed:
                self.took, self.reached = json.loads(Path(times.name).read_text())
        return passed

    def _outcome(self, session: pytest.Session, mutant: Found) -> str:
        found = functions(Path(self.module), mutant.function)
        code = code_of(compile(mutant.tree(self.tree), self.module, "exec"), mutant.function)
        if code is None or not found:
            return "imported"
        if any(len(one.__code__.co_freevars) != len(code.co_freevars) for one in found):
            return "imported"

        def run() -> bool:
            for function in found:
                function.__code__ = code
            return _run(session, {}, lambda _: None)

        limit = SLOWER * sum(self.took[item.nodeid] for item in session.items)
        return "survived" if forked(run, max(LEAST_SECONDS, int(limit))) else "killed"


def _run(session: pytest.Session, took: dict[str, float], begin: Callable[[str], None]) -> bool:
    """Run the tests until one fails; return whether one did."""
    items = session.items
    for item, following in zip(items, [*items[1:], None][: len(items)], strict=True):
        began = time.monotonic()
        begin(item.nodeid)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        took[item.nodeid] = time.monotonic() - began
        if session.shouldfail:
            return True
    return False


def main(arguments: Sequence[str]) -> int:
    """Try the mutants at these places."""
    module, places, *tests = arguments
    with os.fdopen(os.dup(1), "w") as answers:  # pytest captures the first
        forks = Forks(module, mutants(module, places), answers)
        return int(pytest.main([*OPTIONS, *tests], plugins=[forks]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
