"""Settings of tables, parameters, queues and services."""

import json
import time

import boto3
from botocore.config import Config
from botocore.stub import Stubber

from quorum.adapters.resource_state.aws_state import aws_state
from quorum.adapters.resource_state.sqs_state import SqsState
from quorum.adapters.resource_state.ssm_state import SsmState
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
    for value in ("price=1", "price=2", "price=1"):
        client.put_parameter(Name="/shop/prices", Value=value, Type="String", Overwrite=True)
    found = settings("ssm:/shop/prices")
    assert abs(found.pop("changed_at") - time.time()) < 60
    assert found == {"version": 3}


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
