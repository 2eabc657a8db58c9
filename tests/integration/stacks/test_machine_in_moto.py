"""The generated machine, executed: every route to every end, and what fails on the way."""

from typing import Any

import pytest

from functions.shared.domain.constants import ROLE_LEVELS
from functions.shared.domain.errors import (
    BreakerOpenError,
    ChannelUnavailableError,
    InvalidInputError,
    ModelAnswerError,
    ModelThrottledError,
    NotApplicableError,
    StoreUnavailableError,
)
from functions.shared.domain.seats import SEATS
from tests.integration.stacks.answers import ACTION, approval, fails, healthy, in_turn
from tests.integration.stacks.moto_machine import INCIDENT, Machine, Payload, send_answer

ASKED = {"incident_id": INCIDENT, "round": 1}


def test_an_incident_that_resolves_by_itself(machine: Machine) -> None:
    happened = machine.run(healthy())
    assert happened.status == "SUCCEEDED"
    assert happened.closed == ("resolved", "recovered")
    assert [p["kind"] for p in happened.payloads("communication")] == [
        "opened",
        "decision",
        "resolved",
    ]
    assert happened.payloads("executor") == [
        {**ASKED, "operation": "act", "approval_id": None},
        {**ASKED, "operation": "settle"},
    ]
    (written,) = happened.payloads("postmortem")
    assert written["execution_arn"].rpartition(":")[2].isalnum()


def test_every_seat_is_asked_once_and_each_level_waits_for_the_one_below(machine: Machine) -> None:
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


def test_a_permanent_error_takes_the_next_tier_at_once_and_tells_it_why(machine: Machine) -> None:
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


def test_messages_that_fail_change_nothing_else(machine: Machine) -> None:
    happened = machine.run(healthy(communication=fails(InvalidInputError("no such kind"))))
    assert happened.status == "SUCCEEDED"
    assert happened.closed == ("resolved", "recovered")


def test_recovery_is_waited_for_as_long_as_verification_says(machine: Machine) -> None:
    slow = in_turn({"verdict": "pending"}, {"verdict": "pending"}, {"verdict": "recovered"})
    happened = machine.run(healthy(verification=slow))
    assert happened.payloads("verification") == 3 * [{"incident_id": INCIDENT, "mode": "action"}]
    assert happened.closed == ("resolved", "recovered")


@pytest.mark.parametrize(
    ("undo", "closed"),
    [("undone", ("undone", "no_recovery")), ("refused", ("escalated", "undo_refused"))],
)
def test_what_did_not_help_is_undone(machine: Machine, undo: str, closed: tuple[str, str]) -> None:
    def executor(payload: Payload) -> Payload:
        return {"result": undo if payload["operation"] == "undo" else "acted"}

    happened = machine.run(healthy(executor=executor, verification=lambda _: {"verdict": "failed"}))
    assert [p["operation"] for p in happened.payloads("executor")] == ["act", "undo"]
    assert happened.closed == closed
    assert happened.payloads("communication")[-1]["kind"] == "escalated"


def test_silence_is_unverified_and_ends_the_lease(machine: Machine) -> None:
    happened = machine.run(healthy(verification=lambda _: {"verdict": "unverified"}))
    assert [p["operation"] for p in happened.payloads("executor")] == ["act", "settle"]
    assert happened.closed == ("unverified", "silence")


def test_a_refused_action_is_escalated(machine: Machine) -> None:
    happened = machine.run(healthy(executor=lambda _: {"result": "refused"}))
    assert happened.closed == ("escalated", "refused")


def test_no_route_is_a_persons(machine: Machine) -> None:
    happened = machine.run(healthy(consensus=lambda _: {"route": "escalate"}))
    assert happened.closed == ("escalated", "decision")
    assert happened.payloads("executor") == []


def _asks(answer: str | None) -> Any:
    def answered(payload: Payload) -> Payload:
        if payload["operation"] == "wait" and answer:
            send_answer(payload["task_token"], answer)
        return approval(payload)

    return answered


def test_a_granted_approval_acts_in_its_name(machine: Machine) -> None:
    happened = machine.run(
        healthy(consensus=lambda _: {"route": "approve"}, approval=_asks("granted"))
    )
    assert happened.payloads("executor")[0] == {**ASKED, "operation": "act", "approval_id": "a1"}
    assert [p["kind"] for p in happened.payloads("communication")] == [
        "opened",
        "decision",
        "approval_wanted",
        "resolved",
    ]
    assert happened.closed == ("resolved", "recovered")


def test_a_denied_approval_is_escalated(machine: Machine) -> None:
    happened = machine.run(
        healthy(consensus=lambda _: {"route": "approve"}, approval=_asks("denied"))
    )
    assert happened.payloads("executor") == []
    assert happened.closed == ("escalated", "denied")


def test_an_approval_that_nobody_answers_expires(machine: Machine) -> None:
    happened = machine.run(
        healthy(consensus=lambda _: {"route": "approve"}, approval=_asks(None)), approval_seconds=1
    )
    assert happened.payloads("approval")[-1] == {
        "operation": "expire",
        "incident_id": INCIDENT,
        "approval_id": "a1",
    }
    assert happened.closed == ("escalated", "expired")


def test_an_approval_granted_while_it_expired_counts(machine: Machine) -> None:
    def granted_late(payload: Payload) -> Payload:
        late = {"answer": "granted"}
        return late if payload["operation"] == "expire" else approval(payload)

    happened = machine.run(
        healthy(consensus=lambda _: {"route": "approve"}, approval=granted_late), approval_seconds=1
    )
    assert happened.payloads("executor")[0]["approval_id"] == "a1"


def test_where_there_is_nothing_to_approve_a_person_takes_over(machine: Machine) -> None:
    happened = machine.run(
        healthy(consensus=lambda _: {"route": "approve"}, approval=lambda _: {"approval_id": None})
    )
    assert happened.closed == ("escalated", "nothing_to_approve")


def test_a_guard_that_a_person_may_lift_asks_once(machine: Machine) -> None:
    happened = machine.run(healthy(executor=lambda _: {"result": "ask"}, approval=_asks("granted")))
    assert [p["approval_id"] for p in happened.payloads("executor")] == [None, "a1"]
    assert happened.closed == ("escalated", "refused")


def test_a_false_alarm_that_recovers_is_dismissed(machine: Machine) -> None:
    happened = machine.run(healthy(consensus=lambda _: {"route": "dismiss"}))
    assert happened.payloads("verification") == [{"incident_id": INCIDENT, "mode": "dismissal"}]
    assert happened.payloads("executor") == []
    assert happened.closed == ("dismissed", "healthy")


def test_a_dismissal_that_does_not_hold_asks_a_person(machine: Machine) -> None:
    happened = machine.run(
        healthy(
            consensus=lambda _: {"route": "dismiss"},
            verification=in_turn(
                {"verdict": "pending"}, {"verdict": "failed"}, {"verdict": "recovered"}
            ),
            approval=_asks("granted"),
        )
    )
    assert [p["mode"] for p in happened.payloads("verification")] == [
        "dismissal",
        "dismissal",
        "action",
    ]
    assert happened.closed == ("resolved", "recovered")


@pytest.mark.parametrize("function", ["evidence", "consensus", "executor", "verification"])
def test_what_fails_for_good_is_escalated(machine: Machine, function: str) -> None:
    happened = machine.run(healthy(**{function: fails(InvalidInputError("broken"))}))
    assert happened.status == "SUCCEEDED"
    assert happened.closed == ("escalated", "pipeline")


def test_an_outcome_that_the_log_contradicts_is_escalated_instead(machine: Machine) -> None:
    refused = in_turn(InvalidInputError("no recovery on record"), {"outcome": "escalated"})
    happened = machine.run(healthy(closing=refused))
    assert [p["outcome"] for p in happened.payloads("closing")] == ["resolved", "escalated"]
    assert happened.status == "SUCCEEDED"


@pytest.mark.parametrize("function", ["closing", "postmortem"])
def test_only_an_end_that_cannot_be_recorded_fails_the_run(machine: Machine, function: str) -> None:
    happened = machine.run(healthy(**{function: fails(InvalidInputError("broken"))}))
    assert happened.status == "FAILED"


def test_passing_errors_are_retried_outside_the_seats_too(machine: Machine) -> None:
    evidence = in_turn(StoreUnavailableError("away"), {"evidence": "0" * 64, "candidates": 1})
    message = in_turn(ChannelUnavailableError("away"), {"sent": True})
    happened = machine.run(healthy(evidence=evidence, communication=message))
    assert len(happened.payloads("evidence")) == 2
    assert len(happened.payloads("communication")) == 4
