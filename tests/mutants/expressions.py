"""Mutations of an expression: each is a name and the expression instead."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from typing import Final, TypeVar

Break = tuple[str, ast.AST]
"""The kind of mutation, and the node that takes the place of the other."""
N = TypeVar("N", bound=ast.AST)
T = TypeVar("T")

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_OPERATIONS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitAnd,
}
_CALLS: Final = {"max": "min", "min": "max", "any": "all", "all": "any", "sorted": "list"}


def broken(node: ast.AST) -> Iterator[Break]:
    """Give each way to break this expression; none where it is no expression that has one."""
    match node:
        case ast.Constant():
            yield from _constant(node)
        case ast.Compare():
            yield from _compare(node)
        case ast.BoolOp():
            yield from _bool_op(node)
        case ast.Call():
            yield from _call(node)
        case ast.Tuple() | ast.List() | ast.Set() if _is_read(node):
            yield from _elements(node)
        case _:
            yield from _others(node)


def _others(node: ast.AST) -> Iterator[Break]:
    match node:
        case ast.Dict():
            for i, key in enumerate(node.keys):
                less = _changed(node, keys=_without(node.keys, i), values=_without(node.values, i))
                yield f"drop-entry {i}: {ast.unparse(key) if key else '**'}", less
        case ast.BinOp() if type(node.op) in _OPERATIONS:
            yield "operator", _changed(node, op=_OPERATIONS[type(node.op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield "drop-unary", node.operand
        case ast.IfExp():
            yield "always", node.body
            yield "never", node.orelse
        case ast.comprehension():
            for i, test in enumerate(node.ifs):
                fewer = _changed(node, ifs=_without(node.ifs, i))
                yield f"drop-filter: {ast.unparse(test)}", fewer


def _constant(node: ast.Constant) -> Iterator[Break]:
    """Words for people, anything with a blank in it, stay: no promise rests on them."""
    values: list[object] = []
    match node.value:
        case bool(flag):
            values = [not flag]
        case int(number):
            values = [number + 1, number - 1]
        case float(number):
            values = [number + 1, number - 1]
        case str(text) if not any(sign.isspace() for sign in text):
            values = [f"XX{text}"]
        case bytes(text):
            values = [b"XX" + text]
    for value in values:
        yield "constant", ast.Constant(value)  # type: ignore[arg-type] # of the same kinds


def _compare(node: ast.Compare) -> Iterator[Break]:
    for i, op in enumerate(node.ops):
        for other in _COMPARISONS[type(op)]:
            yield "compare", _changed(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])


def _bool_op(node: ast.BoolOp) -> Iterator[Break]:
    yield "and/or", _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for i, operand in enumerate(node.values):
        kept = _without(node.values, i)
        rest = kept[0] if len(kept) == 1 else _changed(node, values=kept)
        yield f"drop-operand {i}: {ast.unparse(operand)}", rest


def _call(node: ast.Call) -> Iterator[Break]:
    for i, word in enumerate(node.keywords):
        yield f"drop-keyword {word.arg}", _changed(node, keywords=_without(node.keywords, i))
    if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield "call", _changed(node, func=ast.Name(_CALLS[node.func.id], ast.Load()))
    if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        yield "drop-call", node.func.value
    ordered = not (isinstance(node.func, ast.Name) and node.func.id in {"max", "min"})
    if (
        ordered
        and len(node.args) > 1
        and not any(isinstance(arg, ast.Starred) for arg in node.args[:2])
    ):
        second, first = node.args[1], node.args[0]
        yield "swap-arguments", _changed(node, args=[second, first, *node.args[2:]])


def _elements(node: ast.Tuple | ast.List | ast.Set) -> Iterator[Break]:
    for i, element in enumerate(node.elts):
        if len(node.elts) > 1:
            less = _changed(node, elts=_without(node.elts, i))
            yield f"drop-element {i}: {ast.unparse(element)}", less


def _is_read(node: ast.Tuple | ast.List | ast.Set) -> bool:
    return isinstance(node, ast.Set) or isinstance(node.ctx, ast.Load)


def _changed(node: N, **fields: object) -> N:
    """Return a copy with other fields."""
    copied = deepcopy(node)
    for name, value in fields.items():
        setattr(copied, name, value)
    return copied


def _without(items: list[T], place: int) -> list[T]:
    return [item for i, item in enumerate(items) if i != place]
