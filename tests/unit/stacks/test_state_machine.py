"""The generated state machine, with any seat table and with Quorum's own."""

import json

import pytest
from hypothesis import given, settings

from quorum.domain.constants import ROLE_TIMES, Role
from quorum.domain.seats import SEATS, Seat
from stacks.functions_table import ROWS
from tests.unit.stacks.checks import CHECKS, Check
from tests.unit.stacks.machines import generated, machines, tables, tasks


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_rule_holds_for_any_seat_table(check: Check) -> None:
    @settings(max_examples=25, deadline=None)
    @given(tables())
    def holds(seats: tuple[Seat, ...]) -> None:
        check(generated(seats), seats)

    holds()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_rule_holds_for_the_seat_table(check: Check) -> None:
    check(generated(), SEATS)


@pytest.mark.parametrize("role", ["detection", "diagnosis", "prediction", "resolution"])
def test_a_roles_longest_duration_is_within_its_maximum(role: Role) -> None:
    of_role = {seat.name for seat in SEATS if seat.role == role}
    longest = [
        sum(
            (1 + retrier["MaxAttempts"]) * state["TimeoutSeconds"]
            + retrier["MaxAttempts"] * retrier["MaxDelaySeconds"]
            for state in branch["States"].values()
            for retrier in state.get("Retry", ())
        )
        for branch in list(machines(generated()))[1:]
        if branch["StartAt"].partition(" ")[0] in of_role
    ]
    assert len(longest) == len(of_role)
    assert max(longest) <= ROLE_TIMES[role].maximum


def test_a_messages_longest_duration_is_within_its_maximum() -> None:
    for _, state in tasks(generated()):
        if state["Resource"] == "${Communication}":
            (retrier,) = state["Retry"]
            attempts = 1 + retrier["MaxAttempts"]
            waits = retrier["MaxAttempts"] * retrier["MaxDelaySeconds"]
            assert attempts * state["TimeoutSeconds"] + waits <= ROLE_TIMES["communication"].maximum


def test_a_functions_timeout_is_below_the_tasks() -> None:
    seconds = {row.name: row.seconds for row in ROWS}
    limits: dict[str, int] = {}
    for _, state in tasks(generated()):
        if ":states:::lambda:invoke" not in state["Resource"]:
            limits[state["Resource"]] = max(
                limits.get(state["Resource"], 0), state["TimeoutSeconds"]
            )
    for name, limit in limits.items():
        words = name.removeprefix("${").removesuffix("}").lower()
        called = next(row for row in seconds if row.replace("-", "") == words)
        assert seconds[called] < limit


def test_the_wait_for_an_answer_has_the_configured_timeout() -> None:
    wait = generated()["States"]["WaitForAnswer"]
    assert wait["Resource"].endswith(":states:::lambda:invoke.waitForTaskToken")
    assert wait["TimeoutSeconds"] == 900
    assert wait["Catch"][0] == {
        "ErrorEquals": ["States.Timeout"],
        "ResultPath": "$.error",
        "Next": "Expire",
    }


def test_the_definition_is_deterministic() -> None:
    assert json.dumps(generated()) == json.dumps(generated())
