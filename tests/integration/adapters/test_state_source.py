"""The contract of settings, for the fake and for AWS, by kind of resource."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from functions.shared.adapters.autoscaling import Autoscaling
from functions.shared.adapters.aws_state import AwsState, aws_state
from functions.shared.adapters.lambda_state import LambdaState
from functions.shared.adapters.ssm_state import SsmState
from functions.shared.domain.catalogue import Situation, candidates
from functions.shared.domain.errors import SourceUnavailableError
from functions.shared.domain.evidence import ResourceState
from functions.shared.ports import StateSource
from tests.fakes import START, InMemoryStateSource
from tests.integration.adapters.samples import change

ROLE = "arn:aws:iam::123456789012:role/checkout"


def source() -> AwsState:
    """Return the source on moto."""
    return aws_state(Config(), autoscaling=True)


def settings(resource: str, alias: str | None = None) -> Any:
    """Return the resource's settings."""
    state = source().state(resource, alias)
    assert state is not None
    assert state.resource == resource
    return state.settings


def function(*aliases: str) -> Any:
    """Create the function with two versions and these aliases, all on the first."""
    boto3.client("iam").create_role(RoleName="checkout", AssumeRolePolicyDocument="{}")
    client = boto3.client("lambda")
    client.create_function(
        FunctionName="checkout",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handler",
        Code={"ZipFile": _code("return event")},
        Publish=True,
    )
    client.update_function_code(FunctionName="checkout", ZipFile=_code("return None"), Publish=True)
    for alias in aliases:
        client.create_alias(FunctionName="checkout", Name=alias, FunctionVersion="1")
    return client


def _code(body: str) -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", f"def handler(event, context): {body}")
    return code.getvalue()


def in_memory() -> StateSource:
    """Return a fake that knows one function."""
    return InMemoryStateSource(
        ResourceState(resource="lambda:checkout", settings={"alias_version": "1"})
    )


def on_aws() -> StateSource:
    """Return the real one with the same function."""
    function("live")
    return source()


@pytest.mark.parametrize("make", [in_memory, on_aws])
def test_what_exists_is_told_and_what_does_not_is_none(make: Callable[[], StateSource]) -> None:
    states = make()
    found = states.state("lambda:checkout", "live")
    assert found is not None
    assert found.settings["alias_version"] == "1"
    for missing in ("lambda:none", "dynamodb:none", "ssm:/none", "sqs:none", "ecs:none/none"):
        assert states.state(missing) is None
    assert states.state("rds:unsupported") is None


def test_a_function_tells_what_the_catalogue_reads() -> None:
    client = function("live")
    client.put_function_concurrency(FunctionName="checkout", ReservedConcurrentExecutions=7)
    revision = client.get_alias(FunctionName="checkout", Name="live")["RevisionId"]
    assert settings("lambda:checkout", "live") == {
        "alias": "live",
        "alias_version": "1",
        "alias_revision": revision,
        "alias_weighted": False,
        "reserved_concurrency": 7,
        "deploying": False,
        "autoscaled": False,
    }


def test_the_only_alias_needs_no_name_and_two_do() -> None:
    client = function("live")
    assert settings("lambda:checkout")["alias"] == "live"
    client.create_alias(FunctionName="checkout", Name="beta", FunctionVersion="2")
    assert "alias" not in settings("lambda:checkout")
    assert settings("lambda:checkout", "beta")["alias_version"] == "2"
    assert "alias" not in settings("lambda:checkout", "unknown")


def test_a_weighted_alias_and_a_running_update_show() -> None:
    client = boto3.client("lambda")
    with Stubber(client) as stubber:
        for operation, answer in (
            ("get_function_configuration", {"LastUpdateStatus": "InProgress", "State": "Active"}),
            ("get_function_concurrency", {}),
            (
                "get_alias",
                {
                    "Name": "live",
                    "FunctionVersion": "1",
                    "RevisionId": "r",
                    "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.1}},
                },
            ),
        ):
            stubber.add_response(operation, answer)
        found = LambdaState(client, Autoscaling(None))("checkout", "live")
    assert found is not None
    assert (found["alias_weighted"], found["deploying"]) == (True, True)
    assert found["alias_weights"] == "2=0.1"
    assert found["reserved_concurrency"] is None


def test_a_provisioned_table_tells_its_capacity_and_who_owns_it() -> None:
    boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 3},
    )
    expected = {
        "status": "ACTIVE",
        "billing": "PROVISIONED",
        "read_units": 5,
        "write_units": 3,
        "deploying": False,
        "autoscaled": False,
    }
    assert settings("dynamodb:orders") == expected
    boto3.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/orders",
        ScalableDimension="dynamodb:table:WriteCapacityUnits",
        MinCapacity=1,
        MaxCapacity=9,
    )
    assert settings("dynamodb:orders") == {**expected, "autoscaled": True}
    unscaled = aws_state(Config(), autoscaling=False).state("dynamodb:orders")
    assert unscaled is not None
    assert unscaled.settings == expected


def test_an_on_demand_table_says_so() -> None:
    boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert settings("dynamodb:orders")["billing"] == "PAY_PER_REQUEST"


def test_a_parameter_tells_its_version_and_a_digest_and_never_its_value() -> None:
    client = boto3.client("ssm")
    for value in ("price=1", "price=2", "price=1"):
        client.put_parameter(Name="/shop/prices", Value=value, Type="String", Overwrite=True)
    found = settings("ssm:/shop/prices")
    assert abs(found.pop("changed_at") - time.time()) < 60
    assert found == {"version": 3, "value_digest": sha256(b"price=1").hexdigest()}
    assert "price" not in json.dumps(found)


def test_a_parameter_with_many_versions_is_read_to_the_newest() -> None:
    client = boto3.client("ssm")
    with Stubber(client) as stubber:
        for versions, token in (((1, 2), {"NextToken": "next"}), ((3,), {})):
            stubber.add_response(
                "get_parameter_history",
                {
                    "Parameters": [
                        {"Version": v, "Value": str(v), "LastModifiedDate": START} for v in versions
                    ],
                    **token,
                },
            )
        found = SsmState(client)("/shop/prices", None)
    assert found is not None
    assert (found["version"], found["changed_at"]) == (3, START.timestamp())


def test_a_queue_tells_its_dead_letters() -> None:
    client = boto3.client("sqs")
    dead = client.create_queue(QueueName="parcels-dead")["QueueUrl"]
    client.create_queue(QueueName="plain")
    policy = {
        "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:parcels-dead",
        "maxReceiveCount": 3,
    }
    client.create_queue(QueueName="parcels", Attributes={"RedrivePolicy": json.dumps(policy)})
    assert settings("sqs:parcels") == {"dlq": "parcels-dead", "dead_letters": 0}
    client.send_message(QueueUrl=dead, MessageBody="lost")
    assert settings("sqs:parcels") == {"dlq": "parcels-dead", "dead_letters": 1}
    assert settings("sqs:plain") == {"dlq": None, "dead_letters": None}


def test_a_service_tells_its_task_definition() -> None:
    client = boto3.client("ecs")
    client.create_cluster(clusterName="shop")
    for _ in range(2):
        client.register_task_definition(
            family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}]
        )
    client.create_service(cluster="shop", serviceName="web", taskDefinition="web:2", desiredCount=2)
    found = settings("ecs:shop/web")
    assert {name: found[name] for name in ("task_definition", "desired", "status")} == {
        "task_definition": "web:2",
        "desired": 2,
        "status": "ACTIVE",
    }
    assert source().state("ecs:shop/none") is None
    client.delete_service(cluster="shop", service="web", force=True)
    assert source().state("ecs:shop/web") is None


def test_the_catalogue_finds_its_candidates_in_real_settings() -> None:
    client = function("live")
    client.update_alias(FunctionName="checkout", Name="live", FunctionVersion="2")
    client.put_function_concurrency(FunctionName="checkout", ReservedConcurrentExecutions=1)
    state = source().state("lambda:checkout", "live")
    assert state is not None
    found = candidates(Situation(states=(state,), changes=(change(),)))
    assert [candidate.verb for candidate in found] == [
        "lambda.raise_reserved_concurrency",
        "lambda.rollback_alias",
    ]


@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyRequestsException"])
def test_what_may_not_be_read_is_not_taken_for_missing(code: str) -> None:
    client = boto3.client("lambda")
    with Stubber(client) as stubber:
        stubber.add_client_error("get_function_configuration", code)
        states = AwsState({"lambda": lambda: LambdaState(client, Autoscaling(None))})
        with pytest.raises(SourceUnavailableError, match=code):
            states.state("lambda:checkout")


def test_threads_that_come_together_share_one_client() -> None:
    made: list[str] = []

    def reader() -> Callable[[str, str | None], None]:
        made.append("lambda")
        time.sleep(0.05)
        return lambda _name, _alias: None

    states = AwsState({"lambda": reader})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(states.state, [f"lambda:f{n}" for n in range(8)]))
    assert made == ["lambda"]


def test_clients_are_made_when_their_kind_is_first_read_and_once() -> None:
    made: list[str] = []

    def reader() -> Callable[[str, str | None], None]:
        made.append("lambda")
        return lambda _name, _alias: None

    states = AwsState({"lambda": reader, "sqs": reader})
    assert made == []
    states.state("lambda:a")
    states.state("lambda:b")
    assert made == ["lambda"]
