"""The voting stages, executed: order, fallback, retry, abstention."""

from quorum.domain.constants import ROLE_LEVELS
from quorum.domain.errors import (
    BreakerOpenError,
    ModelAnswerError,
    ModelThrottledError,
    NotApplicableError,
)
from quorum.domain.seats import SEATS
from tests.integration.stacks.answers import ACTION, fails, healthy, in_turn
from tests.integration.stacks.moto_machine import INCIDENT, Machine

ASKED = {"incident_id": INCIDENT, "round": 1}


def test_every_seat_is_called_once_and_each_level_waits_for_the_one_before(
    machine: Machine,
) -> None:
    order = machine.run(healthy()).order()
    level = {f"seat-{seat.name}": ROLE_LEVELS[seat.role] for seat in SEATS}
    asked = [name for name in order if name in level]
    assert sorted(asked) == sorted(level)
    assert [level[name] for name in asked] == sorted(level.values())
    assert order.index("evidence") < order.index(asked[0])
    assert order.index("consensus") > order.index(asked[-1])


def test_a_seat_whose_tiers_fail_abstains_and_its_siblings_go_on(machine: Machine) -> None:
    happened = machine.run(
        healthy(seat_diagnosis_model=fails(NotApplicableError("nothing to read")))
    )
    (heard,) = happened.payloads("consensus")
    answers = {answer["seat"]: answer for answer in heard["seats"]}
    assert len(answers) == len(SEATS)
    assert answers["diagnosis-model"] == {
        "seat": "diagnosis-model",
        "abstained": True,
        "skipped": {
            "model-diagnosis": {"Error": "NotApplicableError"},
            "log-templates": {"Error": "NotApplicableError"},
        },
    }
    assert all(
        answers[seat.name]["action"] == ACTION
        for seat in SEATS
        if seat.name in answers and seat.name != "diagnosis-model"
    )
    assert happened.closed == ("resolved", "recovered")


def test_permanent_error_calls_the_next_tier_at_once_with_the_reason(machine: Machine) -> None:
    broken = fails(ModelAnswerError("no JSON"), on=["model-policy"])
    asked = machine.run(healthy(seat_resolution_policy=broken)).payloads("seat-resolution-policy")
    assert [payload["tier"] for payload in asked] == ["model-policy", "policy-rules"]
    assert asked[0]["skipped"] == {}
    assert asked[1]["skipped"]["model-policy"]["Error"] == "ModelAnswerError"
    assert "no JSON" in asked[1]["skipped"]["model-policy"]["Cause"]


def test_an_open_breaker_is_not_retried(machine: Machine) -> None:
    broken = fails(BreakerOpenError("open"), on=["model-prediction"])
    asked = machine.run(healthy(seat_prediction_model=broken)).payloads("seat-prediction-model")
    assert [payload["tier"] for payload in asked] == ["model-prediction", "version-contrast"]


def test_a_passing_error_is_retried_by_name_before_the_next_tier(machine: Machine) -> None:
    slow = in_turn(ModelThrottledError("wait"), {"seat": "x", "tier": "x", "conf_bp": 1})
    asked = machine.run(healthy(seat_prediction_model=slow)).payloads("seat-prediction-model")
    assert [payload["tier"] for payload in asked] == ["model-prediction", "model-prediction"]
