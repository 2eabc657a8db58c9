"""The interpreter of the state machine."""

from typing import Any

import pytest

from benchmarks.pace.states import Invocation, Machine, TaskError
from tests.fakes import FakeClock

LATER = 3600.0


def task(name: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"${{{name}}}", "Parameters": {}, **more}


def run(states: dict[str, Any], data: dict[str, Any], call: Any) -> tuple[dict[str, Any], float]:
    clock = FakeClock()
    start = clock()
    machine = Machine({"StartAt": next(iter(states)), "States": states}, call, clock, clock.sleep)
    result = machine.run(data, clock() + (FakeClock(clock()).advance(LATER) - clock()))
    return result, (clock() - start).total_seconds()


def test_parameters_results_and_choices() -> None:
    sent = []

    def call(invocation: Invocation) -> Any:
        sent.append((invocation.function, invocation.payload))
        return {"verdict": "pending" if len(sent) < 3 else "recovered"}

    states = {
        "Wait": {"Type": "Wait", "Seconds": 20, "Next": "Look"},
        "Look": task(
            "Verification",
            Parameters={"incident_id.$": "$.incident", "mode": "action"},
            ResultPath="$.check",
            Next="Done?",
        ),
        "Done?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.check.verdict", "StringEquals": "pending", "Next": "Wait"}],
            "Default": "End",
        },
        "End": {"Type": "Succeed"},
    }
    data, seconds = run(states, {"incident": "i"}, call)
    assert data == {"incident": "i", "check": {"verdict": "recovered"}}
    assert sent[0] == ("Verification", {"incident_id": "i", "mode": "action"})
    assert seconds == 60


def test_an_error_is_retried_by_its_name_and_then_caught() -> None:
    tries = []

    def call(invocation: Invocation) -> Any:
        tries.append(invocation)
        raise TaskError("Busy", "later")

    states = {
        "A": task(
            "A",
            Retry=[
                {"ErrorEquals": ["Busy"], "MaxAttempts": 2, "IntervalSeconds": 1, "BackoffRate": 2}
            ],
            Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "B"}],
            End=True,
        ),
        "B": {"Type": "Pass", "Result": 1, "ResultPath": "$.b", "End": True},
    }
    data, _ = run(states, {}, call)
    assert len(tries) == 3
    assert data == {"error": {"Error": "Busy", "Cause": "later"}, "b": 1}
    del states["A"]["Catch"]
    with pytest.raises(TaskError, match="Busy"):
        run(states, {}, call)


def test_branches_start_together_and_the_slowest_sets_the_time() -> None:
    def branch(seconds: int) -> dict[str, Any]:
        return {
            "StartAt": "W",
            "States": {
                "W": {"Type": "Wait", "Seconds": seconds, "Next": "P"},
                "P": {"Type": "Pass", "Parameters": {"s": seconds, "x.$": "$.x"}, "End": True},
            },
        }

    states = {
        "All": {
            "Type": "Parallel",
            "Branches": [branch(9), branch(5)],
            "ResultPath": "$.all",
            "End": True,
        }
    }
    data, seconds = run(states, {"x": 1}, None)
    assert data == {"x": 1, "all": [{"s": 9, "x": 1}, {"s": 5, "x": 1}]}
    assert seconds == 9


def test_an_event_is_handed_over_and_a_token_waited_for() -> None:
    sent = []

    def call(invocation: Invocation) -> Any:
        sent.append(invocation)
        return {"answer": "granted"}

    states = {
        "Tell": task(
            "",
            Resource="arn:${Partition}:states:::lambda:invoke",
            Parameters={
                "FunctionName": "${Communication}",
                "InvocationType": "Event",
                "Payload": {"kind": "opened"},
            },
            ResultPath=None,
            Next="Wait",
        ),
        "Wait": task(
            "",
            Resource="arn:${Partition}:states:::lambda:invoke.waitForTaskToken",
            Parameters={"FunctionName": "${Approval}", "Payload": {"token.$": "$$.Task.Token"}},
            ResultPath="$.answer",
            TimeoutSeconds=1800,
            End=True,
        ),
    }
    data, _ = run(states, {}, call)
    assert data == {"answer": {"answer": "granted"}}
    assert sent == [
        Invocation("Communication", {"kind": "opened"}, asynchronous=True),
        Invocation("Approval", {"token": "Task.Token"}, timeout=1800),
    ]


def test_unknown_states_are_an_error() -> None:
    with pytest.raises(TaskError, match="unknown state type"):
        run({"A": {"Type": "Map"}}, {}, None)
    with pytest.raises(TaskError, match="ParameterPathFailure"):
        run({"A": task("A", Parameters={"x.$": "$.none"}, End=True)}, {}, None)
