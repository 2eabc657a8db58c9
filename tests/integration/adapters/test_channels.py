"""The contracts of what goes out: mail, dead letters, the state machine, the stream, functions."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends

from functions.shared.adapters.kinesis_publisher import KinesisPublisher
from functions.shared.adapters.lambda_functions import LambdaFunctions
from functions.shared.adapters.ses_notifier import SesNotifier
from functions.shared.adapters.sqs_dead_letters import SqsDeadLetters
from functions.shared.adapters.step_functions_executions import StepFunctionsExecutions
from functions.shared.adapters.step_functions_starter import StepFunctionsStarter
from functions.shared.adapters.step_functions_task_tokens import StepFunctionsTaskTokens
from functions.shared.domain.errors import (
    ChannelUnavailableError,
    RefusedError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from functions.shared.ports import Message, Published
from tests.fakes import (
    InMemoryDeadLetters,
    InMemoryExecutionStarter,
    InMemoryNotifier,
    InMemoryPublisher,
    InMemoryTaskTokens,
)
from tests.integration.adapters.samples import INCIDENT, OTHER

MESSAGE = Message(
    incident_id=INCIDENT, kind="opened", subject="näh 🙂", text="text", html="<p>&lt;b&gt;</p>"
)


def test_mail_is_sent_as_text_and_html_to_everyone() -> None:
    client = boto3.client("sesv2")
    client.create_email_identity(EmailIdentity="quorum@example.com")
    notifier = SesNotifier(client, "quorum@example.com", ["a@example.com", "b@example.com"])
    reference = notifier.send(MESSAGE)
    assert reference
    assert notifier.channel == "email" == InMemoryNotifier().channel
    sent: Any = sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].core_backend.sent_messages
    assert [(one.source, one.subject) for one in sent] == [("quorum@example.com", "näh 🙂")]
    assert sent[0].destinations["ToAddresses"] == ["a@example.com", "b@example.com"]


@pytest.mark.parametrize(
    ("code", "status"),
    [("TooManyRequestsException", 429), ("InternalFailure", 500), ("MessageRejected", 400)],
)
def test_mail_that_is_not_taken_is_an_unavailable_channel(code: str, status: int) -> None:
    client = boto3.client("sesv2")
    with Stubber(client) as stubber:
        stubber.add_client_error("send_email", code, "no", status)
        with pytest.raises(ChannelUnavailableError, match=code):
            SesNotifier(client, "quorum@example.com", ["a@example.com"]).send(MESSAGE)
    fake = InMemoryNotifier()
    fake.error = ChannelUnavailableError("down")
    with pytest.raises(ChannelUnavailableError):
        fake.send(MESSAGE)


def dead_letters(kind: str) -> Any:
    """Return the dead letters and a way to read them."""
    if kind == "in_memory":
        fake = InMemoryDeadLetters()
        return fake, lambda: [{"payload": p, "reason": r} for p, r in fake.kept]
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="dead")["QueueUrl"]

    def read() -> list[Any]:
        got = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(one["Body"]) for one in got["Messages"]]

    return SqsDeadLetters(client, url), read


@pytest.mark.parametrize("kind", ["in_memory", "sqs"])
def test_dead_letters_are_kept_with_their_reason(kind: str) -> None:
    letters, read = dead_letters(kind)
    letters.put({"detail": {"alarm": "näh"}}, "no metric")
    assert read() == [{"payload": {"detail": {"alarm": "näh"}}, "reason": "no metric"}]


def test_a_dead_letter_that_is_too_large_is_cut_and_kept() -> None:
    letters, read = dead_letters("sqs")
    letters.put({"detail": "x" * 300_000}, "r" * 5000)
    (kept,) = read()
    assert kept["payload"]["cut"].startswith('{"detail": "xxx')
    assert len(json.dumps(kept)) < 256 * 1024


def test_a_queue_that_is_gone_loses_nothing_silently() -> None:
    client = boto3.client("sqs")
    with pytest.raises(StoreUnavailableError):
        SqsDeadLetters(client, "https://sqs.us-east-1.amazonaws.com/1/none").put({}, "reason")


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


def test_a_start_that_is_refused_is_no_success() -> None:
    client = boto3.client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_client_error("start_execution", "ExecutionAlreadyExists")
        StepFunctionsStarter(client, "arn").start(INCIDENT)
        stubber.add_client_error("start_execution", "AccessDeniedException")
        with pytest.raises(StoreUnavailableError, match="AccessDenied"):
            StepFunctionsStarter(client, "arn").start(INCIDENT)


def test_how_an_execution_stands() -> None:
    client = boto3.client("stepfunctions")
    arn = machine()
    executions = StepFunctionsExecutions(client, arn)
    assert executions.status(INCIDENT) is None
    StepFunctionsStarter(client, arn).start(INCIDENT)
    assert executions.status(INCIDENT) in {"running", "succeeded"}
    client.stop_execution(executionArn=f"{arn.replace(':stateMachine:', ':execution:')}:{INCIDENT}")
    assert executions.status(INCIDENT) == "aborted"


def test_a_waiting_task_goes_on_with_the_output() -> None:
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
def test_a_task_that_waits_no_more_refuses(code: str) -> None:
    client = boto3.client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_client_error("send_task_success", code)
        with pytest.raises(RefusedError, match=code):
            StepFunctionsTaskTokens(client).succeed("token", {})
        stubber.add_client_error("send_task_success", "AccessDeniedException")
        with pytest.raises(StoreUnavailableError):
            StepFunctionsTaskTokens(client).succeed("token", {})


RECORDS = [Published(INCIDENT, b"one"), Published(OTHER, b"two"), Published(INCIDENT, b"three")]


def test_records_reach_the_stream_under_their_incident() -> None:
    client = boto3.client("kinesis")
    client.create_stream(StreamName="facts", ShardCount=1)
    assert KinesisPublisher(client, "facts").publish(RECORDS) == []
    shard = client.list_shards(StreamName="facts")["Shards"][0]["ShardId"]
    iterator = client.get_shard_iterator(
        StreamName="facts", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    got = client.get_records(ShardIterator=iterator)["Records"]
    assert [(one["PartitionKey"], one["Data"]) for one in got] == list(map(tuple, RECORDS))
    assert KinesisPublisher(client, "facts").publish([]) == []


def test_records_that_the_stream_did_not_take_are_told_by_position() -> None:
    fake = InMemoryPublisher()
    fake.refuse = {1}
    assert fake.publish(RECORDS) == [1]
    assert [one.data for one in fake.records] == [b"one", b"three"]
    client = boto3.client("kinesis")
    taken = {"SequenceNumber": "1", "ShardId": "s"}
    refused = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow"}
    with Stubber(client) as stubber:
        answers = [taken, refused, taken]
        stubber.add_response("put_records", {"FailedRecordCount": 1, "Records": answers})
        assert KinesisPublisher(client, "facts").publish(RECORDS) == [1]
        stubber.add_client_error("put_records", "ResourceNotFoundException")
        with pytest.raises(StoreUnavailableError):
            KinesisPublisher(client, "facts").publish(RECORDS)


def test_many_records_take_several_calls_and_keep_their_positions() -> None:
    client = boto3.client("kinesis")
    refused = {"ErrorCode": "InternalFailure", "ErrorMessage": "no"}
    taken = {"SequenceNumber": "1", "ShardId": "s"}
    with Stubber(client) as stubber:
        for size in (500, 2):
            results = [*([taken] * (size - 1)), refused]
            stubber.add_response("put_records", {"FailedRecordCount": 1, "Records": results})
        many = [Published(INCIDENT, b"x")] * 502
        assert KinesisPublisher(client, "facts").publish(many) == [499, 501]


def test_a_function_that_fails_is_told_from_one_that_answers() -> None:
    client = boto3.client("lambda")

    def answer(body: bytes) -> dict[str, Any]:
        return {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}

    with Stubber(client) as stubber:
        functions = LambdaFunctions(client)
        stubber.add_response(
            "invoke",
            answer(b'{"warm":true}'),
            {"FunctionName": "arn", "Payload": '{"quorum": "warm"}'},
        )
        functions.call("arn", {"quorum": "warm"})
        failed = {**answer(b'{"errorType":"Boom"}'), "FunctionError": "Unhandled"}
        stubber.add_response("invoke", failed)
        with pytest.raises(SourceUnavailableError, match="Boom"):
            functions.call("arn", {})
        stubber.add_client_error("invoke", "AccessDeniedException")
        with pytest.raises(SourceUnavailableError, match="AccessDenied"):
            functions.call("arn", {})
