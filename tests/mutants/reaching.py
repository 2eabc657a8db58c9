"""Tests that reach a function at all: the others cannot fail when it changes."""

import ast
import builtins
import gc
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final

from tests.mutants.finding import FUNCTIONS
from tests.mutants.statements import is_docstring

NAME: Final = "_quorum_reached"


class Reached:
    """A record, by function, of the tests that reach it while `test` runs."""

    def __init__(self) -> None:
        self.test, self.by_function = "", defaultdict[str, set[str]](set)

    def watch(self, module: str, tree: ast.Module) -> None:
        """Have every function of the imported module report its calls."""
        setattr(builtins, NAME, lambda name: self.by_function[name].add(self.test))
        whole = compile(_telling(tree), module, "exec")
        for name in _outermost(tree):
            code = code_of(whole, name)
            for function in functions(Path(module), name):
                if code and len(code.co_freevars) == len(function.__code__.co_freevars):
                    function.__code__ = code


def functions(file: Path, name: str) -> list[FunctionType]:
    """Return what was made of the function's source: one, or several where it is decorated."""
    return [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType)
        and one.__code__.co_qualname == name
        and Path(one.__code__.co_filename) == file.resolve()
    ]


def code_of(whole: CodeType, name: str) -> CodeType | None:
    """Return the compiled function of the compiled module."""
    return next((code for code in _codes(whole) if code.co_qualname == name), None)


def _codes(whole: CodeType) -> Iterator[CodeType]:
    for one in whole.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def _telling(tree: ast.Module) -> ast.Module:
    other = deepcopy(tree)
    for name, node in _outermost(other).items():
        report = ast.parse(f"{NAME}({name!r})").body[0]
        node.body.insert(1 if is_docstring(node.body[0]) else 0, report)
    return ast.fix_missing_locations(other)


def _outermost(node: ast.AST, within: str = "") -> dict[str, ast.FunctionDef]:
    """Return the functions and methods by name, but for those inside of functions."""
    found: dict[str, ast.FunctionDef] = {}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            found[f"{within}{child.name}"] = child
        elif isinstance(child, ast.ClassDef):
            found |= _outermost(child, f"{within}{child.name}.")
        elif not isinstance(child, FUNCTIONS):
            found |= _outermost(child, within)
    return found
