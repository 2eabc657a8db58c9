"""Step Functions: errors by name, the machine's role, timeout and end."""

import json
import time
from typing import Any

import pytest

from tests.e2e.emulator_patches.cloud import CODE, Cloud, allow

pytestmark = pytest.mark.fast


def one(**state: Any) -> dict[str, Any]:
    """Return a state machine of one state."""
    return {"StartAt": "Only", "States": {"Only": {**state, "End": True}}}


def test_a_state_machine_retries_and_catches_by_the_names_of_errors(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    retry = {"ErrorEquals": ["MyError"], "IntervalSeconds": 1, "MaxAttempts": 1}
    catch = {"ErrorEquals": ["MyError"], "ResultPath": "$.error", "Next": "Caught"}
    task = {"Type": "Task", "Resource": f"{function}:live", "Retry": [retry], "Catch": [catch]}
    began = time.monotonic()

    ended = cloud.run(
        machine_role,
        {
            "StartAt": "Task",
            "States": {"Task": {**task, "End": True}, "Caught": {"Type": "Succeed"}},
        },
        {"fail": True},
    )

    assert json.loads(ended["output"])["error"]["Error"] == "MyError"
    assert time.monotonic() - began >= 1


def test_a_task_whose_process_is_killed_is_retried_by_the_name_of_its_death(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    retry = {"ErrorEquals": ["Runtime.ExitError"], "IntervalSeconds": 1, "MaxAttempts": 1}
    began = time.monotonic()

    ended = cloud.run(
        machine_role,
        one(Type="Task", Resource=f"{function}:live", Retry=[retry]),
        {"die": True},
    )

    assert (ended["status"], ended["error"]) == ("FAILED", "Runtime.ExitError")
    assert time.monotonic() - began >= 1


def test_an_event_is_handed_over_and_not_waited_for(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    event = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": f"{function}:live",
            "InvocationType": "Event",
            "Payload": {"sleep": 8},
        },
    }
    began = time.monotonic()

    accepted = cloud.run(machine_role, one(**event))
    forbidden = cloud.run(cloud.role("states.amazonaws.com"), one(**event))

    assert time.monotonic() - began < 8
    assert (accepted["status"], json.loads(accepted["output"])["StatusCode"]) == ("SUCCEEDED", 202)
    assert forbidden["error"] == "Lambda.AWSLambdaException"


def test_a_task_that_awaits_its_token_fails_with_the_function_that_gets_it(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    ended = cloud.run(
        machine_role,
        one(
            Type="Task",
            Resource="arn:aws:states:::lambda:invoke.waitForTaskToken",
            Parameters={"FunctionName": f"{function}:live", "Payload": {"die": True}},
            TimeoutSeconds=60,
        ),
    )

    assert (ended["status"], ended["error"]) == ("FAILED", "Runtime.ExitError")


def test_a_throttled_task_fails_with_a_name_that_a_retry_can_list(cloud: Cloud) -> None:
    function, functions = cloud.function(CODE), cloud.emulator.client("lambda")
    role = cloud.role("states.amazonaws.com", allow("lambda:InvokeFunction", f"{function}:live"))
    functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)

    ended = cloud.run(role, one(Type="Task", Resource=f"{function}:live"))

    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.TooManyRequestsException")


def test_a_state_machine_calls_only_what_its_role_allows(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    allowed = cloud.run(machine_role, one(Type="Task", Resource=f"{function}:live"))
    unqualified = cloud.run(machine_role, one(Type="Task", Resource=function))
    nothing = cloud.run(
        cloud.role("states.amazonaws.com"), one(Type="Task", Resource=f"{function}:live")
    )

    assert allowed["status"] == "SUCCEEDED"
    assert unqualified["error"] == nothing["error"] == "Lambda.AWSLambdaException"


def test_a_state_machine_that_exceeds_its_time_is_timed_out(
    cloud: Cloud, machine_role: str
) -> None:
    ended = cloud.run(machine_role, {"TimeoutSeconds": 1, **one(Type="Wait", Seconds=3)})

    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")


def test_an_execution_that_was_stopped_stays_aborted_when_its_task_fails(
    cloud: Cloud, function: str, machine_role: str
) -> None:
    states = cloud.emulator.client("stepfunctions")
    machine = states.create_state_machine(
        name=cloud.name("machine"),
        definition=json.dumps(one(Type="Task", Resource=f"{function}:live")),
        roleArn=machine_role,
    )["stateMachineArn"]
    slow = json.dumps({"sleep": 1, "fail": True})
    arn = states.start_execution(stateMachineArn=machine, input=slow)["executionArn"]

    time.sleep(0.3)
    states.stop_execution(executionArn=arn)
    time.sleep(2)

    assert states.describe_execution(executionArn=arn)["status"] == "ABORTED"
