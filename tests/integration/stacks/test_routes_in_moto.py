"""The generated machine, executed: every end, and what fails on the way."""

import pytest

from quorum.domain.errors import (
    ChannelUnavailableError,
    InvalidInputError,
    StoreUnavailableError,
)
from tests.integration.stacks.answers import decided, done, fails, healthy, in_turn
from tests.integration.stacks.moto_machine import INCIDENT, Machine, Payload

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


def test_messages_that_fail_change_nothing_else(machine: Machine) -> None:
    happened = machine.run(healthy(communication=fails(InvalidInputError("no such kind"))))
    assert happened.status == "SUCCEEDED"
    assert happened.closed == ("resolved", "recovered")


def test_recovery_is_waited_for_until_verification_decides(machine: Machine) -> None:
    slow = in_turn({"verdict": "pending"}, {"verdict": "pending"}, {"verdict": "recovered"})
    happened = machine.run(healthy(verification=slow))
    assert happened.payloads("verification") == 3 * [{"incident_id": INCIDENT, "mode": "action"}]
    assert happened.closed == ("resolved", "recovered")


@pytest.mark.parametrize(
    ("undo", "closed"),
    [("undone", ("undone", "no_recovery")), ("refused", ("escalated", "undo_refused"))],
)
def test_action_that_did_not_help_is_undone(
    machine: Machine, undo: str, closed: tuple[str, str]
) -> None:
    def executor(payload: Payload) -> Payload:
        return done(undo if payload["operation"] == "undo" else "acted")

    happened = machine.run(healthy(executor=executor, verification=lambda _: {"verdict": "failed"}))
    assert [p["operation"] for p in happened.payloads("executor")] == ["act", "undo"]
    assert happened.closed == closed
    assert happened.payloads("communication")[-1]["kind"] == "escalated"


def test_silence_is_unverified_and_ends_the_lease(machine: Machine) -> None:
    happened = machine.run(healthy(verification=lambda _: {"verdict": "unverified"}))
    assert [p["operation"] for p in happened.payloads("executor")] == ["act", "settle"]
    assert happened.closed == ("unverified", "silence")


def test_a_refused_action_is_escalated(machine: Machine) -> None:
    happened = machine.run(healthy(executor=lambda _: done("refused")))
    assert happened.closed == ("escalated", "refused")


def test_decision_to_escalate_executes_nothing(machine: Machine) -> None:
    happened = machine.run(healthy(consensus=lambda _: decided("escalate")))
    assert happened.closed == ("escalated", "decision")
    assert happened.payloads("executor") == []


@pytest.mark.parametrize("function", ["evidence", "consensus", "executor", "verification"])
def test_permanent_failure_is_escalated(machine: Machine, function: str) -> None:
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
    sent = {"sent": True}
    last = in_turn(ChannelUnavailableError("away"), sent)
    happened = machine.run(
        healthy(
            evidence=evidence, communication=lambda p: last(p) if p["kind"] == "resolved" else sent
        )
    )
    assert len(happened.payloads("evidence")) == 2
    assert len(happened.payloads("communication")) == 4
