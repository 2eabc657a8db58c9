"""The contracts of the stream of domain events, and of calling functions."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from quorum.adapters.aws.kinesis_publisher import KinesisPublisher
from quorum.adapters.aws.lambda_functions import LambdaFunctions
from quorum.domain.errors import (
    ConcurrencyConflictError,
    InvalidInputError,
    QuorumError,
    RefusedError,
    SourceUnavailableError,
    StoreUnavailableError,
)
from quorum.ports.log import Published
from tests.builders.events import INCIDENT, OTHER
from tests.fakes import (
    InMemoryPublisher,
)

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


def test_records_refused_by_the_stream_are_returned_by_position() -> None:
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


def test_failed_invocation_is_distinguished_from_an_answer() -> None:
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


@pytest.mark.parametrize("kind", [RefusedError, InvalidInputError, ConcurrencyConflictError])
def test_callers_error_of_a_function_is_raised(kind: type[QuorumError]) -> None:
    body = json.dumps({"errorType": kind.__name__, "errorMessage": "too late"}).encode()

    with pytest.raises(kind, match=r"^too late$"):
        asked(body, FunctionError="Unhandled")


def test_other_error_of_a_function_is_source_unavailable() -> None:
    for body in (b'{"errorType":"KeyError","errorMessage":"x"}', b"Task timed out"):
        with pytest.raises(SourceUnavailableError):
            asked(body, FunctionError="Unhandled")


def test_invoked_function_returns_its_answer() -> None:
    assert asked(b'{"answer":"granted"}') == {"answer": "granted"}


def asked(body: bytes, **more: str) -> dict[str, Any]:
    """Return the result of invoking a function that answers with the body."""
    client = boto3.client("lambda")
    payload = StreamingBody(io.BytesIO(body), len(body))
    with Stubber(client) as stubber:
        stubber.add_response("invoke", {"StatusCode": 200, "Payload": payload, **more})
        return LambdaFunctions(client).ask("arn", {"operation": "answer"})
