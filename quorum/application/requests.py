"""Reading what a function is called with."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from quorum.domain.errors import InvalidInputError

M = TypeVar("M", bound=BaseModel)


def read(model: type[M], event: Mapping[str, Any]) -> M:
    """Return the request. Raises InvalidInputError that names the fields, and shows no values."""
    try:
        return model.model_validate(event)
    except ValidationError as error:
        wrong = fields(error)
    raise InvalidInputError(f"request fields {wrong}: sent by the state machine")


def fields(error: ValidationError) -> str:
    """Return the names of the fields that do not fit."""
    return ", ".join(".".join(map(str, e["loc"])) or e["msg"] for e in error.errors())
