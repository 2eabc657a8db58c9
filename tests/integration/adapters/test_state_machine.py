"""The contracts of what starts, watches and answers the state machine."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from quorum.adapters.workflow.step_functions_executions import StepFunctionsExecutions
from quorum.adapters.workflow.step_functions_starter import StepFunctionsStarter
from quorum.adapters.workflow.step_functions_task_tokens import StepFunctionsTaskTokens
from quorum.domain.errors import (
    RefusedError,
    StoreUnavailableError,
)
from tests.builders.events import INCIDENT, OTHER
from tests.fakes import (
    InMemoryExecutionStarter,
    InMemoryTaskTokens,
)


def machine() -> str:
    """Create a state machine; return its ARN."""
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Pass", "End": True}}}
    role = "arn:aws:iam::123456789012:role/machine"
    client = boto3.client("stepfunctions")
    created = client.create_state_machine(
        name="incidents", definition=json.dumps(definition), roleArn=role
    )
    return created["stateMachineArn"]


@pytest.mark.parametrize("kind", ["in_memory", "step_functions"])
def test_an_incident_is_started_once(kind: str) -> None:
    client = boto3.client("stepfunctions")
    arn = machine()
    fake = InMemoryExecutionStarter()
    starter = fake if kind == "in_memory" else StepFunctionsStarter(client, arn)
    for incident_id in (INCIDENT, INCIDENT, OTHER):
        starter.start(incident_id)
    if kind == "in_memory":
        assert fake.started == [INCIDENT, OTHER]
        return
    listed = client.list_executions(stateMachineArn=arn)["executions"]
    assert sorted(one["name"] for one in listed) == [INCIDENT, OTHER]
    described = client.describe_execution(executionArn=listed[0]["executionArn"])
    assert json.loads(described["input"]) == {"incident_id": listed[0]["name"], "round": 1}


def test_start_accepts_an_existing_execution_and_raises_when_refused() -> None:
    client = boto3.client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_client_error("start_execution", "ExecutionAlreadyExists")
        StepFunctionsStarter(client, "arn").start(INCIDENT)
        stubber.add_client_error("start_execution", "AccessDeniedException")
        with pytest.raises(StoreUnavailableError, match="AccessDenied"):
            StepFunctionsStarter(client, "arn").start(INCIDENT)


def test_status_of_an_execution_is_returned() -> None:
    client = boto3.client("stepfunctions")
    arn = machine()
    executions = StepFunctionsExecutions(client, arn)
    assert executions.status(INCIDENT) is None
    StepFunctionsStarter(client, arn).start(INCIDENT)
    assert executions.status(INCIDENT) in {"running", "succeeded"}
    client.stop_execution(executionArn=f"{arn.replace(':stateMachine:', ':execution:')}:{INCIDENT}")
    assert executions.status(INCIDENT) == "aborted"


def test_waiting_task_continues_with_the_output() -> None:
    fake = InMemoryTaskTokens()
    fake.succeed("token", {"answer": "granted"})
    assert fake.outputs == {"token": {"answer": "granted"}}
    with pytest.raises(RefusedError):
        fake.succeed("token", {"answer": "denied"})
    client = boto3.client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_response(
            "send_task_success", {}, {"taskToken": "token", "output": '{"answer": "granted"}'}
        )
        StepFunctionsTaskTokens(client).succeed("token", {"answer": "granted"})
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_task_that_waits_no_more_refuses_the_output(code: str) -> None:
    client = boto3.client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_client_error("send_task_success", code)
        with pytest.raises(RefusedError, match=code):
            StepFunctionsTaskTokens(client).succeed("token", {})
        stubber.add_client_error("send_task_success", "AccessDeniedException")
        with pytest.raises(StoreUnavailableError):
            StepFunctionsTaskTokens(client).succeed("token", {})
