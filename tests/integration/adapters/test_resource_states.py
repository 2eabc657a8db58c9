"""Settings of tables, parameters, queues and services."""

import json
import time
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.aws_state import AwsState, aws_state
from quorum.adapters.resource_state.ecs_state import EcsState
from quorum.adapters.resource_state.sqs_state import SqsState
from quorum.adapters.resource_state.ssm_state import SsmState
from quorum.domain.errors import SourceUnavailableError
from tests.fakes import START
from tests.integration.adapters.states import settings, source

PROVISIONED = {
    "status": "ACTIVE",
    "billing": "PROVISIONED",
    "read_units": 5,
    "write_units": 3,
    "deploying": False,
    "autoscaled": False,
}


def provisioned() -> None:
    """Create a table with a capacity of its own."""
    boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 3},
    )


def test_provisioned_table_has_its_capacity() -> None:
    provisioned()
    assert settings("dynamodb:orders") == PROVISIONED


def test_table_state_marks_capacity_owned_by_autoscaling() -> None:
    provisioned()
    boto3.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/orders",
        ScalableDimension="dynamodb:table:WriteCapacityUnits",
        MinCapacity=1,
        MaxCapacity=9,
    )
    assert settings("dynamodb:orders") == {**PROVISIONED, "autoscaled": True}
    without = aws_state(Config(), autoscaling=False).state("dynamodb:orders")
    assert without is not None
    assert without.settings == PROVISIONED


def test_table_state_marks_on_demand_billing() -> None:
    boto3.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert settings("dynamodb:orders")["billing"] == "PAY_PER_REQUEST"


def test_parameter_state_has_its_version_and_not_its_value() -> None:
    client = boto3.client("ssm")
    for value in ("price=1", "price=2", "price=3"):
        client.put_parameter(Name="/shop/prices", Value=value, Type="String", Overwrite=True)
    found = settings("ssm:/shop/prices")
    assert abs(found.pop("changed_at") - time.time()) < 60
    assert found == {"version": 3}


@pytest.mark.parametrize(("kind", "value_of"), [("String", 1), ("SecureString", None)])
def test_parameter_state_marks_a_version_that_restored_an_earlier_value(
    kind: Any, value_of: int | None
) -> None:
    client = boto3.client("ssm")
    for value in ("price=1", "price=2", "price=1"):
        client.put_parameter(Name="/shop/prices", Value=value, Type=kind, Overwrite=True)
    found = settings("ssm:/shop/prices")
    assert found.get("value_of") == value_of
    assert "price" not in repr(found)


def test_parameter_state_marks_labels_and_a_history_that_was_cut() -> None:
    client = boto3.client("ssm")
    for value in range(102):
        client.put_parameter(Name="/p", Value=str(value), Type="String", Overwrite=True)
    assert settings("ssm:/p")["oldest_version"] == 3
    assert "labelled" not in settings("ssm:/p")
    client.label_parameter_version(Name="/p", ParameterVersion=101, Labels=["old"])
    assert "labelled" not in settings("ssm:/p")
    client.label_parameter_version(Name="/p", Labels=["prod"])
    assert settings("ssm:/p")["labelled"] is True


def test_table_state_has_the_units_of_its_indexes() -> None:
    provisioned()
    client = boto3.client("dynamodb")
    client.update_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "day", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-day",
                    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 4},
                }
            }
        ],
    )
    boto3.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/orders/index/by-day",
        ScalableDimension="dynamodb:index:WriteCapacityUnits",
        MinCapacity=1,
        MaxCapacity=9,
    )
    assert settings("dynamodb:orders") == {
        **PROVISIONED,
        "index/by-day/read_units": 2,
        "index/by-day/write_units": 4,
        "index/by-day/autoscaled": True,
    }


def test_dead_letter_queue_state_has_its_source() -> None:
    client = boto3.client("sqs")
    dead = client.create_queue(QueueName="dead")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:dead"
    policy: Any = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})}
    client.create_queue(QueueName="orders", Attributes=policy)
    client.send_message(QueueUrl=dead, MessageBody="lost")
    found = {"dlq": None, "dead_letters": None, "source": "orders", "messages": 1}
    assert settings("sqs:dead") == found

    client.create_queue(QueueName="refunds", Attributes=policy)
    assert settings("sqs:dead") == {**found, "shared_dlq": True}
    assert settings("sqs:orders") == {"dlq": "dead", "dead_letters": 1, "shared_dlq": True}


@pytest.mark.parametrize(
    ("described", "deploying", "controller"),
    [
        ({"deployments": [{"status": "PRIMARY", "rolloutState": "COMPLETED"}]}, False, None),
        ({"deployments": [{"status": "PRIMARY", "rolloutState": "IN_PROGRESS"}]}, True, None),
        ({"deployments": [{"status": "PRIMARY"}, {"status": "ACTIVE"}]}, True, None),
        (
            {
                "deploymentController": {"type": "CODE_DEPLOY"},
                "deployments": [],
                "taskSets": [{"status": "PRIMARY"}, {"status": "ACTIVE"}],
            },
            True,
            "CODE_DEPLOY",
        ),
        (
            {
                "deploymentController": {"type": "EXTERNAL"},
                "taskSets": [{"status": "PRIMARY", "stabilityStatus": "STEADY_STATE"}],
            },
            False,
            "EXTERNAL",
        ),
    ],
)
def test_service_state_shows_deployments_and_their_controller(
    described: Any,
    deploying: bool,  # noqa: FBT001
    controller: str | None,
) -> None:
    client = boto3.client("ecs")
    steady = {"taskDefinition": "web:1", "desiredCount": 2, "status": "ACTIVE"}
    service = {**steady, "serviceName": "web", **described}
    with Stubber(client) as stubber:
        stubber.add_response("describe_services", {"services": [service]})
        found = EcsState(client, Autoscaling(None)).read({"shop/web": None})["shop/web"]
    assert isinstance(found, dict)
    assert (found["deploying"], found.get("controller")) == (deploying, controller)


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
        stubber.add_response("list_tags_for_resource", {})
        found = SsmState(client)("/shop/prices", None)
    assert found is not None
    assert (found["version"], found["changed_at"]) == (3, START.timestamp())


def test_queue_state_has_its_dead_letters() -> None:
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


def test_queue_may_disappear_and_return() -> None:
    client = boto3.client("sqs")
    state, nothing = SqsState(client), {"dlq": None, "dead_letters": None}
    for _ in range(2):
        url = client.create_queue(QueueName="orders")["QueueUrl"]
        assert state("orders", None) == nothing
        assert state("orders", None) == nothing
        client.delete_queue(QueueUrl=url)
        assert state("orders", None) is None


def test_service_state_has_its_task_definition() -> None:
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


def test_parameter_state_has_its_pin_tags() -> None:
    client = boto3.client("ssm")
    client.put_parameter(Name="/shop/prices", Value="1", Type="String")
    tags = [{"Key": "quorum:no-rollback-below", "Value": "1"}, {"Key": "team", "Value": "shop"}]
    client.add_tags_to_resource(
        ResourceType="Parameter",
        ResourceId="/shop/prices",
        Tags=tags,  # type: ignore[arg-type]
    )
    found = settings("ssm:/shop/prices")
    assert found["no_rollback_below"] == "1"
    assert "team" not in found


def test_service_state_has_its_pin_tags() -> None:
    client = boto3.client("ecs")
    client.create_cluster(clusterName="shop")
    client.register_task_definition(
        family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}]
    )
    client.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        tags=[{"key": "quorum:security-release", "value": "web:1"}],
    )
    assert settings("ecs:shop/web")["security_release"] == "web:1"


@pytest.mark.parametrize("error", [KeyError("State"), ValueError("no JSON"), TypeError("None")])
def test_answer_of_an_odd_form_is_a_failure_of_that_resource_alone(error: Exception) -> None:
    def odd(name: str, _alias: str | None) -> dict[str, Any] | None:
        if name == "odd":
            raise error
        return {"status": "ACTIVE"}

    states = AwsState({"sqs": lambda: odd})

    with pytest.raises(SourceUnavailableError, match="settings of sqs:odd"):
        states.state("sqs:odd")
    assert states.state("sqs:orders") is not None
