"""What ships of AWS's APIs is what the code calls, and no adapter calls anything else."""

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
OTHERS = {"get_template": "Jinja's", "verify": "the key's own, which asks nobody"}
"""Methods of other libraries that are called like an operation of AWS."""


@cache
def methods(service: str) -> dict[str, str]:
    """Return the operations of a whole service by the names of their methods."""
    model = Loader().load_service_model(service, "service-2")
    return {xform_name(name): name for name in model["operations"]}


def called(path: Path) -> Iterator[str]:
    """Yield the methods of AWS clients that a file uses, and those that it has paginated."""
    known = {name for service in MADE for name in methods(service)} - set(OTHERS)
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Attribute(attr=name) if name in known:
                yield name
            case ast.Constant(value=str(name)) if name in known:
                yield name


CALLED = sorted({name for root in SHIPPED for path in root.rglob("*.py") for name in called(path)})


@pytest.mark.parametrize("method", CALLED)
def test_every_operation_that_is_called_ships(method: str) -> None:
    assert method in {xform_name(name) for names in operations().values() for name in names}


def test_every_service_whose_client_is_made_ships_an_operation() -> None:
    for service in MADE:
        assert operations().get(service, frozenset()) & set(methods(service).values()), service
    assert set(operations()) <= set(MADE)


def test_each_exception_is_needed() -> None:
    """An action that has come to be called like its operation needs no row."""
    assert not set(SERVICES) & set(MADE)
    for action, operation in OPERATION_NAMES.items():
        prefix, _, name = action.partition(":")
        known = set(methods(SERVICES.get(prefix, prefix)).values())
        assert operation in known
        assert prefix == "bedrock" or name not in known
    for service, operation in IMPLICIT:
        assert operation in methods(service).values()
