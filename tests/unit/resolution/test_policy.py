"""The policy rules, and the model's policy."""

import pytest

from functions.resolution.methods import model_policy
from functions.resolution.policy_rules import infeasible, matching_rules, policy_rules
from functions.resolution.symptoms import symptoms
from quorum.domain.evidence import Bundle
from quorum.domain.votes import choose
from quorum.seats.seat import Deps
from tests.fakes.language_model import InMemoryLanguageModel
from tests.simulation.handmade import bundle, on
from tests.simulation.parts import QUEUE, A, B, C, change, deployed, line, service, state

STATES = (
    state(A),
    state(B),
    state(C, reserved_concurrency=5),
    state(QUEUE, dead_letters=9, dlq="d"),
)
SERIES = (*service(A, 5, alarmed=True), *service(B, 5), *service(C, 5))


def evidence(*changes: object, **fields: object) -> Bundle:
    made = changes or (deployed(C, -1), deployed(A, -25))
    return bundle(SERIES, **{"changes": made, "states": STATES, **fields})  # type: ignore[arg-type]


def test_the_newest_change_where_the_symptom_shows_is_undone_first() -> None:
    given = evidence()
    opinion = policy_rules(given, Deps())
    assert choose(opinion, 0).action == on(given, C, "rollback").id
    assert sum(opinion.probabilities.values()) + opinion.none == pytest.approx(1)


def test_what_cannot_be_undone_is_out() -> None:
    given = evidence()
    redrive = on(given, QUEUE)
    assert infeasible(given, redrive)
    assert redrive.id not in policy_rules(given, Deps()).probabilities


def test_what_is_no_longer_as_it_was_is_out() -> None:
    given = evidence()
    moved = given.model_copy(update={"states": (state(C, alias_version="3"), *STATES[:2])})
    assert infeasible(moved, on(given, C, "rollback"))
    assert on(given, C, "rollback").id not in policy_rules(moved, Deps()).probabilities


def test_room_is_of_no_use_where_nothing_is_throttled() -> None:
    given = evidence()
    assert policy_rules(given, Deps()).probabilities[on(given, C, "concurrency").id] < 0.05


def test_throttles_that_show_speak_for_room() -> None:
    throttled = (*service(A, 5, alarmed=True), *service(C, 0, throttles=5))
    given = bundle(
        throttled,
        changes=(change(C, "concurrency", -1, values=(10, 5)), deployed(A, -25)),
        states=STATES,
    )
    assert symptoms(given).throttles == {C}
    assert choose(policy_rules(given, Deps()), 0).action == on(given, C, "concurrency").id


def test_who_calls_something_that_fails_is_probably_not_at_fault() -> None:
    given = evidence(deployed(A, -1), deployed(C, -1))
    assert "a dependency fails too" in matching_rules(given, on(given, A), symptoms(given))
    assert choose(policy_rules(given, Deps()), 0).action == on(given, C, "rollback").id


def test_a_starved_callee_does_not_show_its_caller_s_symptom() -> None:
    series = (*service(A, 9, alarmed=True), *service(B, 9), line(C, "requests", 10, None))
    given = bundle(series, changes=(deployed(B, -1), deployed(C, -1)), states=STATES)
    assert choose(policy_rules(given, Deps()), 0).action == on(given, B).id


def test_a_change_long_ago_is_no_reason() -> None:
    given = evidence(deployed(C, -4000))
    assert choose(policy_rules(given, Deps()), 0).action is None


def test_without_candidates_it_abstains() -> None:
    given = bundle([line(A, "requests", 1, 1)])
    assert choose(policy_rules(given, Deps()), 0).action is None


def test_the_rules_have_the_last_word_over_the_model() -> None:
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
