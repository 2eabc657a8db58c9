"""Rounds, executed: another look at young evidence, another action after one that did not cure."""

from typing import Any

import pytest

from tests.integration.stacks.answers import approval, decided, done, healthy, in_turn
from tests.integration.stacks.moto_machine import Machine, Payload, Run, send_answer


def rounds(happened: Run, function: str) -> list[int]:
    return [payload["round"] for payload in happened.payloads(function)]


def test_young_evidence_is_looked_at_again_and_the_last_look_decides(machine: Machine) -> None:
    consensus = in_turn(decided("approve", 1), decided("approve", 1), decided("execute"))

    happened = machine.run(healthy(consensus=consensus))

    assert rounds(happened, "evidence") == [1, 2, 3]
    assert {p["round"] for p in happened.payloads("seat-detection-signature")} == {1, 2, 3}
    assert rounds(happened, "executor")[0] == 3
    assert happened.closed == ("resolved", "recovered")


def test_people_are_notified_of_every_look(machine: Machine) -> None:
    happened = machine.run(healthy(consensus=in_turn(decided("approve", 1), decided("execute"))))

    sent = [(p["round"], p["kind"]) for p in happened.payloads("communication")]
    assert sent == [
        (1, "opened"),
        (1, "decision"),
        (1, "approval_wanted"),
        (2, "decision"),
        (2, "resolved"),
    ]


def test_no_proposal_on_young_evidence_is_looked_at_again_without_a_request(
    machine: Machine,
) -> None:
    happened = machine.run(healthy(consensus=in_turn(decided("escalate", 1), decided("execute"))))

    assert rounds(happened, "evidence") == [1, 2]
    assert happened.payloads("approval") == []
    assert happened.closed == ("resolved", "recovered")


def test_an_answer_before_the_next_look_ends_the_wait(machine: Machine) -> None:
    def answered(payload: Payload) -> Payload:
        if payload["operation"] == "wait":
            send_answer(payload["task_token"], "granted")
        return approval(payload)

    happened = machine.run(healthy(consensus=lambda _: decided("approve", 30), approval=answered))

    assert rounds(happened, "evidence") == [1]
    assert happened.closed == ("resolved", "recovered")


def test_the_grant_of_an_earlier_round_acts_in_its_own_round(machine: Machine) -> None:
    def answered(payload: Payload) -> Payload:
        if payload["operation"] == "wait" and payload["approval_id"] == "former":
            send_answer(payload["task_token"], "granted")
        if payload["operation"] == "open" and payload["round"] == 2:
            return {"approval_id": "former", "round": 1}
        return approval(payload)

    looks = in_turn(decided("approve", 1), decided("approve"))
    happened = machine.run(healthy(consensus=looks, approval=answered))

    acted = happened.payloads("executor")[0]
    assert (acted["round"], acted["approval_id"]) == (1, "former")


def executor(then: str) -> Any:
    def answer(payload: Payload) -> Payload:
        results = {"act": "acted", "undo": "undone", "settle": "settled"}
        return done(results[payload["operation"]], then)

    return answer


@pytest.mark.parametrize(("verdict", "operation"), [("failed", "undo"), ("partial", "settle")])
def test_another_round_follows_an_action_that_did_not_cure(
    machine: Machine, verdict: str, operation: str
) -> None:
    verification = in_turn({"verdict": verdict}, {"verdict": "recovered"})

    happened = machine.run(healthy(verification=verification, executor=executor("next_round")))

    operations = [(p["round"], p["operation"]) for p in happened.payloads("executor")]
    assert operations == [(1, "act"), (1, operation), (2, "act"), (2, "settle")]
    assert happened.closed == ("resolved", "recovered")


@pytest.mark.parametrize(
    ("verdict", "closed"),
    [("failed", ("undone", "no_recovery")), ("partial", ("escalated", "partial"))],
)
def test_the_last_action_is_followed_by_no_round(
    machine: Machine, verdict: str, closed: tuple[str, str]
) -> None:
    happened = machine.run(
        healthy(verification=lambda _: {"verdict": verdict}, executor=executor("end"))
    )

    assert rounds(happened, "evidence") == [1]
    assert happened.closed == closed
