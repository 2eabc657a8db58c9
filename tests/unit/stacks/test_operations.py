"""The API operations that ship include all that the code calls."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from stacks.operations import IMPLICIT, OPERATION_NAMES, SERVICES, operations
from tests.unit.stacks.boto3_services import services

SHIPPED = (Path("functions"), Path("quorum"))
MADE = services(*SHIPPED)
NOT_DEPLOYED = {"titan_embedder.py", "vector_memory.py"}
"""Adapters that no function imports yet."""
OTHERS = {
    "get_template": "Jinja's",
    "verify": "the local public key's, not KMS's",
    "publish": "the publisher's, not SNS's",
    "search_vectors": "the vector index's, which no function reads yet",
}
"""Methods of other libraries with the name of an AWS operation."""


@cache
def methods(service: str) -> dict[str, str]:
    """Return a service's operations by method name."""
    model = Loader().load_service_model(service, "service-2")
    return {xform_name(name): name for name in model["operations"]}


def called(path: Path) -> Iterator[str]:
    """Yield the methods of AWS clients that a file calls or paginates."""
    known = {name for service in MADE for name in methods(service)} - set(OTHERS)
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(attr=name) if name in known:
                yield name
            case ast.Constant(value=str(name)) if name in known:
                yield name


FILES = [p for root in SHIPPED for p in root.rglob("*.py") if p.name not in NOT_DEPLOYED]
CALLED = sorted({name for path in FILES for name in called(path)})


@pytest.mark.parametrize("method", CALLED)
def test_called_operations_ship(method: str) -> None:
    assert method in {xform_name(name) for names in operations().values() for name in names}


def test_every_created_clients_service_ships_an_operation() -> None:
    for service in MADE:
        assert operations().get(service, frozenset()) & set(methods(service).values()), service
    assert set(operations()) <= set(MADE)


def test_each_exceptional_name_is_needed() -> None:
    """An action with its operation's own name must not be in the table of exceptions."""
    assert not set(SERVICES) & set(MADE)
    for action, operation in OPERATION_NAMES.items():
        prefix, _, name = action.partition(":")
        known = set(methods(SERVICES.get(prefix, prefix)).values())
        assert operation in known
        assert prefix == "bedrock" or name not in known
    for service, operation in IMPLICIT:
        assert operation in methods(service).values()
