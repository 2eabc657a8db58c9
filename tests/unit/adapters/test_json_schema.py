"""The closed subset of JSON Schema."""

from typing import Any

import pytest

from quorum.adapters.llm.json_schema import problems


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (True, {"type": "number"}, "answer is not of type number"),
        (1, {"type": "integer"}, ""),
        (1.5, {"type": "integer"}, "answer is not of type integer"),
        (None, {"type": ["string", "null"]}, ""),
        ([1], {"type": "array", "minItems": 2}, "answer: minItems is 2"),
        ("", {"type": "string", "minLength": 1}, "answer: minLength is 1"),
        (-1, {"minimum": 0, "title": "t"}, "answer: minimum is 0"),
        ({"a": {"b": 1}}, {"properties": {"a": {"required": ["c"]}}}, "answer.a.c is missing"),
    ],
)
def test_validate_enforces_every_supported_rule(value: Any, schema: Any, expected: str) -> None:
    assert problems(value, schema) == ([expected] if expected else [])


def test_validate_raises_for_an_unknown_rule() -> None:
    with pytest.raises(ValueError, match=r"answer\.a uses pattern"):
        problems({"a": "x"}, {"properties": {"a": {"pattern": "y"}}})
