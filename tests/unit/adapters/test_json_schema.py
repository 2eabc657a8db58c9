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
def test_the_schema_is_held_to_every_rule(value: Any, schema: Any, expected: str) -> None:
    assert problems(value, schema) == ([expected] if expected else [])


def test_a_rule_that_is_not_known_is_a_mistake_and_not_ignored() -> None:
    with pytest.raises(ValueError, match=r"answer\.a uses pattern"):
        problems({"a": "x"}, {"properties": {"a": {"pattern": "y"}}})
