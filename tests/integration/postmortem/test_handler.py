"""The wired function in moto: a real execution's history, the log, the bucket."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.postmortem.calls import calls, transitions
from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.workflow.step_functions_history import StepFunctionsHistory
from quorum.domain.errors import StoreUnavailableError
from quorum.domain.events import PostMortemWritten
from tests.builders.events import INCIDENT
from tests.builders.incident_logs import Log, resolved
from tests.integration.handlers import CONTEXT, load
from tests.integration.tables import create_table

BUCKET = "quorum-test-evidence"
INVOKE = "arn:aws:states:::lambda:invoke"


@pytest.fixture(autouse=True)
def interpreter(aws: None) -> Iterator[None]:  # noqa: ARG001 - moto is started by then
    """Have moto run state machines, and answer for functions without Docker."""
    with mock_aws(
        config={"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    ):
        yield


def function(name: str) -> str:
    """Return the ARN of a new function."""
    role = boto3.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("a.py", "def handle(event, context): return {}")
    made = boto3.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="a.handle",
        Code={"ZipFile": package.getvalue()},
    )
    return made["FunctionArn"]


def run(states: dict[str, Any], until: str = "ExecutionS") -> str:
    """Start a machine of these states; return its execution when an entry begins with `until`."""
    definition = {"StartAt": next(iter(states)), "States": states}
    client = boto3.client("stepfunctions")
    machine = client.create_state_machine(
        name="machine",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/machine",
    )["stateMachineArn"]
    arn = client.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    wait(arn, until)
    return arn


def wait(arn: str, until: str) -> list[Any]:
    """Return the execution's entries after the first, once one of them begins with `until`."""
    client = boto3.client("stepfunctions")
    for _ in range(100):
        entries = client.get_execution_history(executionArn=arn)["events"][1:]
        if any(entry["type"].startswith(until) for entry in entries):
            return list(entries)
        time.sleep(0.05)
    raise AssertionError(f"no {until} in the history of {arn}")


def history(arn: str) -> Any:
    return StepFunctionsHistory(boto3.client("stepfunctions")).steps(arn)


def branches(arn: str) -> dict[str, Any]:
    """Return a Parallel of two calls, one as a task of its own and one by integration."""
    one = {"StartAt": "One", "States": {"One": {"Type": "Task", "Resource": arn, "End": True}}}
    by = {"FunctionName": arn, "Payload": {}}
    two = {
        "StartAt": "Two",
        "States": {"Two": {"Type": "Task", "Resource": INVOKE, "Parameters": by, "End": True}},
    }
    return {"Type": "Parallel", "Branches": [one, two], "Next": "Done"}


def test_history_gives_calls_and_transitions() -> None:
    arn = function("quorum-test-evidence")
    states = {
        "First": {"Type": "Task", "Resource": arn, "Next": "Both"},
        "Both": branches(arn),
        "Done": {"Type": "Succeed"},
    }

    steps = history(run(states))

    assert transitions(steps) == 5
    made = calls(steps)
    assert {call.function for call in made} == {"quorum-test-evidence"}
    assert len(made) == 3
    assert all(call.seconds is not None and 0 <= call.seconds < 5 for call in made)


def test_history_of_a_retried_task_gives_several_calls_and_transitions() -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {
            "QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/none",
            "MessageBody": "x",
        },
        "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}],
        "Next": "Done",
    }

    steps = history(run({"First": task, "Done": {"Type": "Succeed"}}))

    assert len(calls(steps)) == 2
    assert transitions(steps) == 3


def test_history_of_a_waiting_task_is_measured_until_its_function_answered() -> None:
    arn = function("quorum-test-approval")
    payload = {"token.$": "$$.Task.Token"}
    task = {
        "Type": "Task",
        "Resource": f"{INVOKE}.waitForTaskToken",
        "Parameters": {"FunctionName": arn, "Payload": payload},
        "End": True,
    }
    execution = run({"Ask": task}, until="TaskSubmitted")
    time.sleep(1.2)
    [scheduled] = [e for e in wait(execution, "Task") if e["type"] == "TaskScheduled"]
    token = json.loads(scheduled["taskScheduledEventDetails"]["parameters"])["Payload"]["token"]
    boto3.client("stepfunctions").send_task_success(taskToken=token, output="{}")
    wait(execution, "ExecutionSucceeded")

    [call] = calls(history(execution))

    assert call.seconds is not None
    assert call.seconds < 1


def test_history_reads_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quorum.adapters.workflow.step_functions_history.PAGE", 3)
    names = [f"P{n}" for n in range(9)]
    states: dict[str, Any] = {
        name: {"Type": "Pass", "Next": after}
        for name, after in zip(names, [*names[1:], "Done"], strict=True)
    }

    steps = history(run({**states, "Done": {"Type": "Succeed"}}))

    assert transitions(steps) == 10
    assert [step.id for step in steps] == list(range(1, len(steps) + 1))


def test_history_of_an_unknown_execution_raises_store_unavailable() -> None:
    with pytest.raises(StoreUnavailableError, match="history of"):
        history("arn:aws:states:us-east-1:123456789012:execution:machine:none")


def stored(log: Log) -> DynamoDBEventStore:
    """Return the log's events in their table, with the evidence in its bucket."""
    store = DynamoDBEventStore(create_table("events"))
    for event in log.events:
        store.append(event)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    frozen = log.incident.evidence
    assert frozen is not None
    bundle = log.evidence.get_bundle(frozen.evidence)
    S3EvidenceStore(boto3.client("s3"), BUCKET).put_bundle(bundle)
    return store


def test_handler_writes_the_report_with_its_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    store = stored(resolved())
    arn = function("quorum-test-evidence")
    states = {
        "First": {"Type": "Task", "Resource": arn, "Next": "Both"},
        "Both": branches(arn),
        "Done": {"Type": "Succeed"},
    }
    request = {"incident_id": INCIDENT, "execution_arn": run(states)}
    handler = load(
        monkeypatch,
        "postmortem",
        EVENTS_TABLE="quorum-test-events",
        EVIDENCE_BUCKET=BUCKET,
        FUNCTION_MEMORY=json.dumps({"quorum-test-evidence": 1024}),
        MODEL_ID="",
    )

    answers = [handler.lambda_handler(request, CONTEXT) for _ in range(2)]

    assert answers == [{"key": f"post-mortems/{INCIDENT}.md"}] * 2
    body = boto3.client("s3").get_object(Bucket=BUCKET, Key=answers[0]["key"])["Body"]
    report = body.read().decode()
    assert "| 5 state transitions | $0.000125 |" in report
    assert "| 3 function calls | $0.000001 |" in report
    assert "`m1`" in report
    [written] = [f for f in store.load(INCIDENT) if isinstance(f, PostMortemWritten)]
    assert written.cost_microdollars >= 125
