"""Which AWS services the functions call: every boto3 client of ours is made with a literal name."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MAKERS: Final = {"client", "resource"}
_TRACING: Final = "xray"
"""Powertools' tracer makes this one itself."""


def services(*roots: Path) -> list[str]:
    """Return boto3's names of the services, sorted.

    Raises ValueError where a client's service is not written out: its data would not be shipped.
    """
    found = {name for root in roots for path in root.rglob("*.py") for name in _of(path)}
    return sorted(found | {_TRACING})


def _of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if ast.unparse(node.func.value) == "boto3" and node.func.attr in _MAKERS:
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    yield name
                case _:
                    raise ValueError(f"{path}:{node.lineno}: boto3 is given no literal service")
