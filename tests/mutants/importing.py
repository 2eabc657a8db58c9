"""python -m tests.mutants.importing MODULE PLACE TEST…: run the tests with one mutant imported.

Exits as pytest does: with 1 when a test notices.
"""

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import pytest

from tests.mutants.finding import find

_UNUSED: Final = ("cacheprovider", "terminal", "schemathesis", "anyio", "typeguard", "xdist")
OPTIONS: Final = ("-x", "-o", "addopts=", *(f"-pno:{plugin}" for plugin in _UNUSED))


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


def main(arguments: Sequence[str]) -> int:
    """Run the tests with the mutant at this place."""
    module, place, *tests = arguments
    whole = ast.parse(Path(module).read_text())
    mutant = find(Path(), module)[int(place)]
    code = compile(mutant.tree(whole), str(Path(module).resolve()), "exec")
    sys.meta_path.insert(0, Instead(module, code))
    return int(pytest.main([*OPTIONS, *tests]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
