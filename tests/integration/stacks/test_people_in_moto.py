"""A person in the loop, executed: approval, its expiry, dismissal."""

from typing import Any

from tests.integration.stacks.answers import approval, decided, done, healthy, in_turn
from tests.integration.stacks.moto_machine import INCIDENT, Machine, Payload, send_answer

ASKED = {"incident_id": INCIDENT, "round": 1}


def _asks(answer: str | None) -> Any:
    def answered(payload: Payload) -> Payload:
        if payload["operation"] == "wait" and answer:
            send_answer(payload["task_token"], answer)
        return approval(payload)

    return answered


def test_granted_approval_acts_under_its_id(machine: Machine) -> None:
    happened = machine.run(
        healthy(consensus=lambda _: decided("approve"), approval=_asks("granted"))
    )
    assert happened.payloads("executor")[0] == {**ASKED, "operation": "act", "approval_id": "a1"}
    assert [p["kind"] for p in happened.payloads("communication")] == [
        "opened",
        "decision",
        "approval_wanted",
        "answered",
        "resolved",
    ]
    assert happened.closed == ("resolved", "recovered")


def test_a_denied_approval_is_escalated(machine: Machine) -> None:
    happened = machine.run(
        healthy(consensus=lambda _: decided("approve"), approval=_asks("denied"))
    )
    assert happened.payloads("executor") == []
    assert happened.closed == ("escalated", "denied")


def test_approval_request_without_an_answer_expires(machine: Machine) -> None:
    happened = machine.run(
        healthy(consensus=lambda _: decided("approve"), approval=_asks(None)), approval_seconds=1
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
        healthy(consensus=lambda _: decided("approve"), approval=granted_late), approval_seconds=1
    )
    assert happened.payloads("executor")[0]["approval_id"] == "a1"


def test_decision_without_an_action_is_escalated(machine: Machine) -> None:
    happened = machine.run(
        healthy(
            consensus=lambda _: decided("approve"),
            approval=lambda _: {"approval_id": None, "round": 1},
        )
    )
    assert happened.closed == ("escalated", "nothing_to_approve")


def test_liftable_guard_requests_approval_once(machine: Machine) -> None:
    happened = machine.run(healthy(executor=lambda _: done("ask"), approval=_asks("granted")))
    assert [p["approval_id"] for p in happened.payloads("executor")] == [None, "a1"]
    assert happened.closed == ("escalated", "refused")


def test_a_false_alarm_that_recovers_is_dismissed(machine: Machine) -> None:
    happened = machine.run(healthy(consensus=lambda _: decided("dismiss")))
    assert happened.payloads("verification") == [{"incident_id": INCIDENT, "mode": "dismissal"}]
    assert happened.payloads("executor") == []
    assert happened.closed == ("dismissed", "healthy")


def test_dismissal_that_does_not_hold_requests_approval(machine: Machine) -> None:
    happened = machine.run(
        healthy(
            consensus=lambda _: decided("dismiss"),
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
