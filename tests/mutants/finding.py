"""All mutants of a module: where each is, what it changes, and the module with it."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutants import expressions, statements

Way = tuple[tuple[str, int | None], ...]
"""From the module down to the node: the name of each field, and the place in it if it is a list."""

_ANNOTATIONS: Final = {"annotation", "returns"}
_TYPES: Final = {"Literal", "Callable", "dict", "list", "set", "tuple", "frozenset", "defaultdict"}
_SMALL: Final = (ast.Constant, ast.keyword, ast.Starred, ast.comprehension, ast.FormattedValue)
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class Key(NamedTuple):
    """The identity of a mutant, wherever its line is."""

    module: str
    function: str
    kind: str
    before: str
    after: str


@dataclass(frozen=True)
class Found:
    """One mutant. `function` is the outermost function in whose body it is, or "" if in none."""

    module: str
    line: int
    function: str
    kind: str
    before: str
    after: str
    path: Way
    instead: ast.AST

    @property
    def key(self) -> Key:
        """Return what it is known by."""
        return Key(self.module, self.function, self.kind, self.before, self.after)

    def tree(self, whole: ast.Module) -> ast.Module:
        """Return the module with it; the lines are those of the original."""
        other = deepcopy(whole)
        instead = ast.copy_location(deepcopy(self.instead), _at(other, self.path))
        _put(other, self.path, instead)
        return ast.fix_missing_locations(other)


def find(root: Path, module: str) -> list[Found]:
    """Return all mutants of the module, in the order of its source."""
    tree = ast.parse((root / module).read_text())
    return [one for one in _Walk(module, tree).under((), tree, "") if one.before != one.after]


@dataclass(frozen=True)
class _Walk:
    module: str
    tree: ast.Module

    def under(self, path: Way, node: ast.AST, function: str) -> Iterator[Found]:
        """Give the mutants of the node and of all below it."""
        yield from self._of(path, node, function)
        outermost = isinstance(node, FUNCTIONS) and not function
        inside = self._qualified(path) if outermost else function
        for name, place, child in _children(node):
            if not _is_a_type(node, name, child):
                yield from self.under(
                    (*path, (name, place)), child, inside if name == "body" else function
                )

    def _of(self, path: Way, node: ast.AST, function: str) -> Iterator[Found]:
        if _in_annotation(path) and not self._called(path):
            return
        shown = self._shown(path)
        for kind, instead in (*expressions.broken(node), *statements.broken(node)):
            other = deepcopy(_at(self.tree, shown))
            if shown == path:
                other = instead
            else:
                _put(other, path[len(shown) :], instead)
            line: int = getattr(node, "lineno", getattr(_at(self.tree, shown), "lineno", 0))
            before = _source(_at(self.tree, shown))
            yield Found(self.module, line, function, kind, before, _source(other), path, instead)

    def _shown(self, path: Way) -> Way:
        """Return the path of the smallest enclosing node that can be read alone."""
        while len(path) > 1 and isinstance(_at(self.tree, path), _SMALL):
            path = path[:-1]
        return path

    def _called(self, path: Way) -> bool:
        """Return whether it is an argument of a call in an annotation: a bound, not a type."""
        start = next(i for i, (name, _) in enumerate(path) if name in _ANNOTATIONS)
        return any(
            isinstance(_at(self.tree, path[:i]), ast.Call) for i in range(start, len(path) + 1)
        )

    def _qualified(self, path: Way) -> str:
        nodes = (_at(self.tree, path[:i]) for i in range(1, len(path) + 1))
        return ".".join(n.name for n in nodes if isinstance(n, (ast.ClassDef, *FUNCTIONS)))


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield name, None, value
        elif isinstance(value, list):
            for i, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield name, i, one


def _is_a_type(node: ast.AST, name: str, child: ast.AST) -> bool:
    """Return whether the child is an annotation or a text for people."""
    if statements.is_docstring(child) or ast.unparse(child).startswith("dataclass("):
        return True
    if isinstance(node, ast.Subscript) and name == "slice":
        return isinstance(node.value, ast.Name) and node.value.id in _TYPES
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr)) and isinstance(
        child, (ast.alias, ast.Constant)
    )


def _in_annotation(path: Way) -> bool:
    return any(name in _ANNOTATIONS for name, _ in path)


def _source(node: ast.AST) -> str:
    """Return its source; of a statement with a body only the head."""
    if isinstance(node, (ast.If, ast.While)):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())


def _at(node: ast.AST, path: Way) -> ast.AST:
    for name, place in path:
        value = getattr(node, name)
        node = value if place is None else value[place]
    return node


def _put(node: ast.AST, path: Way, instead: ast.AST) -> None:
    *above, (name, place) = path
    owner = _at(node, tuple(above))
    if place is None:
        setattr(owner, name, instead)
    else:
        getattr(owner, name)[place] = instead
