"""python -m tests.mutants.importing MODULE PLACES TEST…: try mutants of one module, imported anew.

Each runs in a fork without imports of Quorum, which collects and runs the tests with the mutant in
the module's place. Answers as `forking` does.
"""

import ast
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import pytest

from tests.mutants.finding import Found, find
from tests.mutants.fork import forked

SHARED: Final = ("hypothesis", "pydantic", "boto3", "cryptography.hazmat.primitives.asymmetric.ec")
"""Modules that are slow to import and do not depend on the mutant."""
SECONDS: Final = 300
_UNUSED: Final = ("cacheprovider", "terminal", "schemathesis", "anyio", "typeguard", "xdist")
OPTIONS: Final = (
    *("-x", "-o", "addopts=", "-m", "not slow"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *(f"-pno:{plugin}" for plugin in _UNUSED),
)


class Instead(MetaPathFinder):
    """Has one module's code be another."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.name = module.removesuffix(".py").replace("/", ".")
        self.path, self.code = str(Path(module).resolve()), code

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return the module's, and none of any other."""
        if fullname != self.name:
            return None
        loader = _Loader(fullname, self.path)
        loader.code = self.code
        return spec_from_file_location(fullname, self.path, loader=loader)


class _Loader(SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the protocol's
        return self.code


def mutants(module: str, places: str) -> dict[int, Found]:
    """Return the module's mutants at these places, which commas separate."""
    found = find(Path(), module)
    return {int(place): found[int(place)] for place in places.split(",")}


def main(arguments: Sequence[str]) -> int:
    """Answer for each mutant."""
    module, places, *tests = arguments
    whole = ast.parse(Path(module).read_text())
    for name in SHARED:
        import_module(name)
    if not _passes(module, whole, tests):
        sys.stdout.write("- the tests fail without any change, imported anew\n")
        return 1
    for place, mutant in mutants(module, places).items():
        lives = _passes(module, mutant.tree(whole), tests)
        sys.stdout.write(f"{place} {'survived' if lives else 'killed'}\n")
        sys.stdout.flush()
    return 0


def _passes(module: str, tree: ast.Module, tests: Sequence[str]) -> bool:
    code = compile(tree, str(Path(module).resolve()), "exec")

    def fails() -> bool:
        sys.meta_path.insert(0, Instead(module, code))
        return pytest.main([*OPTIONS, *tests]) != 0

    return forked(fails, SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
