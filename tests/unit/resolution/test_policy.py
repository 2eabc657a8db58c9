"""The policy rules, and the model's policy."""

import pytest

from functions.resolution.methods import model_policy
from functions.resolution.policy_rules import infeasible, matching_rules, policy_rules
from functions.resolution.symptoms import symptoms
from quorum.domain.evidence import Bundle
from quorum.domain.votes import choose
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import QUEUE, A, B, C, change, deployed, limited, line, service, state
from tests.fakes.language_model import InMemoryLanguageModel

STATES = (
    state(A),
    state(B),
    state(C, reserved_concurrency=5),
    state(QUEUE, dead_letters=9, dlq="d"),
)
SERIES = (*service(A, 5, alarmed=True), *service(B, 5), *service(C, 5))


def evidence(*changes: object, **fields: object) -> Bundle:
    made = changes or (deployed(C, -1), deployed(A, -25))
    return shop_bundle(SERIES, **{"changes": made, "states": STATES, **fields})  # type: ignore[arg-type]


def test_policy_prefers_the_newest_change_at_the_symptom() -> None:
    given = evidence()
    opinion = policy_rules(given, Deps())
    assert choose(opinion, 0).action == on(given, C, "rollback").id
    assert sum(opinion.probabilities.values()) + opinion.none == pytest.approx(1)


def test_policy_excludes_candidates_without_an_inverse() -> None:
    given = evidence()
    redrive = on(given, QUEUE)
    assert infeasible(given, redrive)
    assert redrive.id not in policy_rules(given, Deps()).probabilities


def test_policy_excludes_candidates_whose_resource_has_changed() -> None:
    given = evidence()
    moved = given.model_copy(update={"states": (state(C, alias_version="3"), *STATES[:2])})
    assert infeasible(moved, on(given, C, "rollback"))
    assert on(given, C, "rollback").id not in policy_rules(moved, Deps()).probabilities


def test_policy_raises_no_capacity_without_throttling() -> None:
    given = evidence(deployed(C, -1), deployed(A, -25), limited(C, 10, 5))
    assert policy_rules(given, Deps()).probabilities[on(given, C, "concurrency").id] < 0.05


def test_policy_raises_capacity_for_visible_throttling() -> None:
    throttled = (*service(A, 5, alarmed=True), *service(C, 0, throttles=5))
    given = shop_bundle(
        throttled,
        changes=(change(C, "concurrency", -1, values=(10, 5)), deployed(A, -25)),
        states=STATES,
    )
    assert symptoms(given).throttles == {C}
    assert choose(policy_rules(given, Deps()), 0).action == on(given, C, "concurrency").id


def test_policy_prefers_the_failing_callee_to_its_caller() -> None:
    given = evidence(deployed(A, -1), deployed(C, -1))
    assert "a dependency fails too" in matching_rules(given, on(given, A), symptoms(given))
    assert choose(policy_rules(given, Deps()), 0).action == on(given, C, "rollback").id


def test_policy_ignores_a_callee_without_requests() -> None:
    series = (*service(A, 9, alarmed=True), *service(B, 9), line(C, "requests", 10, None))
    given = shop_bundle(series, changes=(deployed(B, -1), deployed(C, -1)), states=STATES)
    assert choose(policy_rules(given, Deps()), 0).action == on(given, B).id


def test_policy_ignores_an_old_change() -> None:
    given = evidence(deployed(C, -4000))
    assert choose(policy_rules(given, Deps()), 0).action is None


def test_policy_without_candidates_abstains() -> None:
    given = shop_bundle([line(A, "requests", 1, 1)])
    assert choose(policy_rules(given, Deps()), 0).action is None


def test_policy_rules_override_the_model() -> None:
    given = evidence()
    wish = {
        "candidates": [
            {"id": on(given, QUEUE).id, "probability": 0.8, "cites": []},
            {"id": on(given, C, "rollback").id, "probability": 0.15, "cites": []},
        ],
        "none": 0.05,
        "reason": "redrive everything",
    }
    opinion = model_policy(given, Deps(model=InMemoryLanguageModel([wish])))
    assert opinion.probabilities == {on(given, C, "rollback").id: 0.15}
