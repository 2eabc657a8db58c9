"""Modes that the operator configured, per verb and resource."""

from typing import Any

import pytest

from quorum.domain.autonomy import Rule
from tests.builders.candidates import ROLLBACK
from tests.builders.consensus import Round


def rule(mode: Any, *resources: str) -> tuple[Rule, ...]:
    return (Rule(verb=ROLLBACK.verb, resources=resources or ("*",), mode=mode),)


def test_mode_approve_requests_approval() -> None:
    round_ = Round(rules=rule("approve"))
    round_.all_vote(ROLLBACK.id)

    made = round_.decide()

    assert (made.route, made.level) == ("approve", "senior_sre")


@pytest.mark.parametrize("rules", [(), rule("shadow"), rule("autonomous", "lambda:payment")])
def test_mode_shadow_records_the_action_and_executes_none(rules: tuple[Rule, ...]) -> None:
    round_ = Round(rules=rules)
    round_.all_vote(ROLLBACK.id)

    made = round_.decide()

    assert (made.route, made.action, made.level) == ("escalate", ROLLBACK.id, "senior_sre")
    assert "shadow mode: would have acted" in made.reason


def test_mode_shadow_below_the_threshold_has_the_approval_request_as_reason() -> None:
    round_ = Round(rules=())
    round_.all_vote(ROLLBACK.id, 5000)

    assert "shadow mode: would have requested approval" in round_.decide().reason


def test_narrow_rule_before_a_wide_one_counts() -> None:
    rules = (*rule("approve", "lambda:checkout"), *rule("autonomous", "lambda:*"))
    round_ = Round(rules=rules)
    round_.all_vote(ROLLBACK.id)

    assert round_.decide().route == "approve"
