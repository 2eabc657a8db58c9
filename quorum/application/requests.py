"""Parsers of the commands that functions receive."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from quorum.domain.errors import InvalidInputError

M = TypeVar("M")
B = TypeVar("B", bound=BaseModel)


def parse_command(model: type[B], event: Mapping[str, Any]) -> B:
    """Return the command. Raises InvalidInputError with the names of invalid fields, no values."""
    try:
        return model.model_validate(event)
    except ValidationError as error:
        names = invalid_fields(error)
    raise InvalidInputError(f"invalid request fields {names}: check the state machine's input")


def parse_command_of(adapter: TypeAdapter[M], event: Mapping[str, Any]) -> M:
    """Return the command of a union. Raises InvalidInputError with names of fields, no values."""
    try:
        return adapter.validate_python(dict(event))
    except ValidationError as error:
        names = invalid_fields(error)
    raise InvalidInputError(f"invalid request fields {names}: see quorum/domain/commands.py")


def invalid_fields(error: ValidationError) -> str:
    """Return the names of the invalid fields."""
    return ", ".join(".".join(map(str, e["loc"])) or e["msg"] for e in error.errors())
