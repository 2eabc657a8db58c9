"""Mutations of a statement: each is a name and the statement instead."""

import ast
from collections.abc import Iterator
from copy import deepcopy

from tests.mutants.expressions import Break


def broken(node: ast.AST) -> Iterator[Break]:
    """Give each way to break this statement; none where it is no statement that has one."""
    match node:
        case ast.Return(value=ast.expr()):
            yield "return", ast.Return(_otherwise(node.value))
        case ast.Raise() | ast.Continue() | ast.Break():
            yield f"drop-{type(node).__name__.lower()}", ast.Pass()
        case ast.AugAssign() | ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield "drop-statement", ast.Pass()
        case ast.Expr() if not is_docstring(node):
            yield "drop-statement", ast.Pass()
        case ast.If():
            for value in (True, False):
                yield f"condition {value}", _with_test(node, value=value)


def _otherwise(value: ast.expr | None) -> ast.Constant:
    """Return None, or True instead of it and of False, for which mypy takes no None."""
    nothing = isinstance(value, ast.Constant) and value.value in {None, False}
    return ast.Constant(value=True if nothing else None)


def _with_test(node: ast.If, *, value: bool) -> ast.If:
    other = deepcopy(node)
    other.test = ast.Constant(value)
    return other


def is_docstring(node: ast.AST) -> bool:
    """Return whether the statement is a text by itself."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
