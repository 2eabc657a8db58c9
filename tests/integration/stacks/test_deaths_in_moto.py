"""Functions that die, run out of memory or out of time: the incident has the same ending."""

from itertools import cycle

import pytest

from quorum.domain.seats import SEATS
from stacks.functions_table import ROWS
from tests.integration.stacks.answers import approval, decided, healthy, interrupted, seat
from tests.integration.stacks.moto_machine import (
    Answer,
    InterruptedFunctionError,
    Machine,
    Payload,
    Run,
    send_answer,
)

DEATHS = ("Runtime.ExitError", "Runtime.OutOfMemory", "Lambda.Unknown", "Sandbox.Timedout")
SEATED = tuple(row.name for row in ROWS if row.seat)


def granting(payload: Payload) -> Payload:
    """Open the approval request, and grant it once the machine waits for the answer."""
    if payload["operation"] == "wait":
        send_answer(payload["task_token"], "granted")
    return approval(payload)


def answers() -> dict[str, Answer]:
    """Return the answers of a run that takes every step: approval, action and undo."""
    return healthy(
        consensus=lambda _: decided("approve"),
        approval=granting,
        verification=lambda _: {"verdict": "failed"},
    )


def results(happened: Run) -> tuple[str, tuple[str, str], list[str], list[str]]:
    """Return the results of a run: its status, its ending, its effects, its messages."""
    effects = [p["operation"] for p in happened.payloads("executor")]
    messages = [p["kind"] for p in happened.payloads("communication")]
    return happened.status, happened.closed, [*dict.fromkeys(effects)], [*dict.fromkeys(messages)]


@pytest.fixture(scope="module")
def undisturbed(machine: Machine) -> Run:
    return machine.run(answers())


@pytest.mark.parametrize(
    "function", ["evidence", "consensus", "approval", "executor", "verification", "closing"]
)
@pytest.mark.parametrize("when", ["before its work", "after its work"])
def test_function_killed_once_changes_no_ending(
    machine: Machine, undisturbed: Run, function: str, when: str
) -> None:
    found, after = answers(), when == "after its work"
    found[function] = interrupted(found[function], "Runtime.ExitError", after=after)

    happened = machine.run(found)

    assert results(happened) == results(undisturbed)
    assert len(happened.payloads(function)) > len(undisturbed.payloads(function))


def test_all_functions_killed_once_change_no_ending(machine: Machine, undisturbed: Run) -> None:
    errors = cycle(DEATHS)
    found = {name: interrupted(answer, next(errors)) for name, answer in answers().items()}

    happened = machine.run(found)

    assert results(happened) == results(undisturbed)
    called = {name for name, _ in undisturbed.calls}
    assert {name for name, _ in happened.calls} == called


@pytest.mark.parametrize("error", DEATHS)
def test_seats_killed_once_vote_all_the_same(machine: Machine, error: str) -> None:
    found = healthy()
    found |= {name: interrupted(seat, error) for name in SEATED}

    (heard,) = machine.run(found).payloads("consensus")

    assert [vote["seat"] for vote in heard["seats"]] == [one.name for one in SEATS]
    assert not any(vote.get("abstained") for vote in heard["seats"])


def test_method_out_of_time_is_followed_by_the_next_method(machine: Machine) -> None:
    def slow(payload: Payload) -> Payload:
        if payload["tier"] == "model-policy":
            raise InterruptedFunctionError("Sandbox.Timedout")
        return seat(payload)

    asked = machine.run(healthy(seat_resolution_policy=slow)).payloads("seat-resolution-policy")

    assert [payload["tier"] for payload in asked] == ["model-policy", "policy-rules"]


def test_function_that_always_dies_ends_in_escalation(machine: Machine) -> None:
    def dead(_: Payload) -> Payload:
        raise InterruptedFunctionError("Runtime.ExitError")

    happened = machine.run(healthy(evidence=dead))

    assert len(happened.payloads("evidence")) == 3
    assert (happened.status, happened.closed) == ("SUCCEEDED", ("escalated", "pipeline"))
