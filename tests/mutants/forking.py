"""python -m tests.mutants.forking MODULE PLACES TEST…: try mutants of one module, a fork each.

The tests are collected once; each fork puts the mutant's code into the functions that were
imported, runs the tests, the quickest first, and ends. Nothing is written but the answers: a line
`place outcome` for each place of the module's mutants. A mutant outside of any function is
`imported` anew elsewhere: see `importing`.
"""

import ast
import gc
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import CodeType, FunctionType
from typing import Final, TextIO

import pytest

from tests.mutants.finding import Found
from tests.mutants.fork import forked
from tests.mutants.importing import OPTIONS, mutants

LEAST_SECONDS: Final = 20
SLOWER: Final = 5
"""How much longer than without a change the tests may take before a mutant counts as killed."""


class Forks:
    """Runs the collected tests once for each mutant, instead of once."""

    def __init__(self, module: str, mutants: dict[int, Found], answers: TextIO) -> None:
        self.module, self.mutants, self.answers = module, mutants, answers
        self.tree = ast.parse(Path(module).read_text())
        self.took: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answer for each mutant; nothing when the tests fail without any."""
        limit, passed = self._unchanged(session)
        if not passed:
            self._say("-", "the tests fail without any change")
            return True
        session.items.sort(key=lambda item: self.took.get(item.nodeid, 0))
        for place, mutant in self.mutants.items():
            self._say(place, self._outcome(session, mutant, limit))
        return True

    def _say(self, place: object, outcome: str) -> None:
        self.answers.write(f"{place} {outcome}\n")
        self.answers.flush()

    def _unchanged(self, session: pytest.Session) -> tuple[int, bool]:
        """Return how long a mutant may take, in seconds, and whether the tests pass without one."""
        began = time.monotonic()
        with NamedTemporaryFile() as times:

            def run() -> bool:
                failed = _run(session, self.took)
                Path(times.name).write_text(json.dumps(self.took))
                return failed

            passed = forked(run, 600)
            self.took = json.loads(Path(times.name).read_text() or "{}")
        return max(LEAST_SECONDS, int(SLOWER * (time.monotonic() - began))), passed

    def _outcome(self, session: pytest.Session, mutant: Found, limit: int) -> str:
        functions = _functions(Path(self.module), mutant.function)
        code = _code(compile(mutant.tree(self.tree), self.module, "exec"), mutant.function)
        if code is None or not functions:
            return "imported"
        if any(len(f.__code__.co_freevars) != len(code.co_freevars) for f in functions):
            return "imported"

        def run() -> bool:
            for function in functions:
                function.__code__ = code
            return _run(session, {})

        return "survived" if forked(run, limit) else "killed"


def _run(session: pytest.Session, took: dict[str, float]) -> bool:
    """Run the tests until one fails; return whether one did."""
    items = session.items
    for item, following in zip(items, [*items[1:], None], strict=True):
        began = time.monotonic()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        took[item.nodeid] = time.monotonic() - began
        if session.shouldfail:
            return True
    return False


def _functions(file: Path, name: str) -> list[FunctionType]:
    """Return what was made of the function's source: one, or several where it is decorated."""
    return [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType)
        and one.__code__.co_qualname == name
        and Path(one.__code__.co_filename) == file.resolve()
    ]


def _code(whole: CodeType, name: str) -> CodeType | None:
    """Return the compiled function of the compiled module."""
    return next((code for code in _codes(whole) if code.co_qualname == name), None)


def _codes(whole: CodeType) -> Iterator[CodeType]:
    for one in whole.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def main(arguments: Sequence[str]) -> int:
    """Try the mutants at these places."""
    module, places, *tests = arguments
    with os.fdopen(os.dup(1), "w") as answers:  # pytest captures the first
        forks = Forks(module, mutants(module, places), answers)
        return int(pytest.main([*OPTIONS, *tests], plugins=[forks]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
