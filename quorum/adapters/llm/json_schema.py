"""A closed subset of JSON Schema, as far as the seats' answers need it.

An unknown keyword is a mistake in the schema and raises, so that no rule is silently ignored.
Messages name the place and the rule, and never repeat the value.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_ANNOTATIONS: Final = frozenset({"title", "description"})
_KNOWN: Final = _ANNOTATIONS | {
    "type",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def problems(value: Any, schema: Schema, place: str = "answer") -> list[str]:
    """Return the violations of the schema. Raises ValueError for an unknown keyword."""
    unknown = sorted(set(schema) - _KNOWN)
    if unknown:
        raise ValueError(f"the schema of {place} uses {', '.join(unknown)}")
    if "type" in schema and not _is(value, schema["type"]):
        return [f"{place} is not of type {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place} is not an allowed value"]
    return list(_inside(value, schema, place))


def _is(value: Any, types: str | list[str]) -> bool:
    names = [types] if isinstance(types, str) else types
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _inside(value: Any, schema: Schema, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _object(value, schema, place)
    elif isinstance(value, list):
        yield from _bounds(len(value), schema, place, ("minItems", "maxItems"))
        for at, item in enumerate(value):
            yield from problems(item, schema.get("items", {}), f"{place}.{at}")
    elif isinstance(value, str):
        yield from _bounds(len(value), schema, place, ("minLength", "maxLength"))
    elif isinstance(value, int | float):
        yield from _bounds(value, schema, place, ("minimum", "maximum"))


def _object(value: dict[str, Any], schema: Schema, place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{place}.{name} is missing"
    if schema.get("additionalProperties", True) is False and set(value) - set(properties):
        yield f"{place} has fields that are not allowed"
    for name in properties:
        if name in value:
            yield from problems(value[name], properties[name], f"{place}.{name}")


def _bounds(size: float, schema: Schema, place: str, limits: tuple[str, str]) -> Iterator[str]:
    low, high = (schema.get(name) for name in limits)
    if low is not None and not size >= low:
        yield f"{place}: {limits[0]} is {low}"
    if high is not None and not size <= high:
        yield f"{place}: {limits[1]} is {high}"
