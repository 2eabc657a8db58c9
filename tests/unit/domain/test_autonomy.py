"""Autonomy needs an explicit opt-in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quorum.domain.autonomy import Rule, mode

ROLLBACK = "lambda.rollback_alias"


def rule(mode_: str, *resources: str, verb: str = ROLLBACK) -> Rule:
    return Rule.model_validate({"verb": verb, "resources": resources, "mode": mode_})


@given(st.text(), st.text())
def test_without_rules_everything_is_in_shadow(verb: str, resource: str) -> None:
    assert mode([], verb, resource) == "shadow"


@pytest.mark.parametrize(
    ("verb", "resource", "expected"),
    [
        (ROLLBACK, "lambda:checkout-api", "autonomous"),
        (ROLLBACK, "lambda:checkout", "shadow"),
        (ROLLBACK, "lambda:Checkout-api", "shadow"),
        ("ssm.restore_parameter", "lambda:checkout-api", "shadow"),
    ],
)
def test_a_rule_opts_in_its_verb_on_its_resources(verb: str, resource: str, expected: str) -> None:
    assert mode([rule("autonomous", "lambda:checkout-*")], verb, resource) == expected


def test_the_first_matching_rule_counts() -> None:
    rules = [rule("approve", "lambda:payment"), rule("autonomous", "lambda:*")]

    assert mode(rules, ROLLBACK, "lambda:payment") == "approve"
    assert mode(rules, ROLLBACK, "lambda:checkout") == "autonomous"


@pytest.mark.parametrize(
    "wrong",
    [
        {"verb": "lambda.delete"},
        {"resources": ()},
        {"mode": "yolo"},
        {"unless": "friday"},
    ],
)
def test_an_invalid_rule_is_refused(wrong: dict[str, object]) -> None:
    fields = {"verb": ROLLBACK, "resources": ("*",), "mode": "approve", **wrong}

    with pytest.raises(ValidationError):
        Rule.model_validate(fields)
