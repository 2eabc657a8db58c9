"""The AWS services that the code creates boto3 clients for, read from its source."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from quorum.services.rows import KINDS, client_of

_FACTORIES: Final = {"client", "resource"}
_TRACING: Final = "xray"
"""Powertools' tracer creates this client."""


_OF_ROWS: Final = Path("quorum/adapters/resource_state/row_clients.py")
"""Makes the clients that the rows name."""


def services(*roots: Path) -> list[str]:
    """Return the services' boto3 names, sorted.

    Raises ValueError for a client whose service is not a literal: its data would not ship.
    """
    found = {name for root in roots for path in root.rglob("*.py") for name in _of(path)}
    rows = {client_of(one) for kind in KINDS.values() for one in kind.describes}
    return sorted({*found, *rows, _TRACING})


def _of(path: Path) -> Iterator[str]:
    if path == _OF_ROWS:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if ast.unparse(node.func.value) == "boto3" and node.func.attr in _FACTORIES:
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    yield name
                case _:
                    raise ValueError(f"{path}:{node.lineno}: boto3 is given no literal service")
