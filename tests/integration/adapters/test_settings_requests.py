"""Settings of many resources ask each API at most as often as its pages demand."""

from collections import Counter
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

from quorum.adapters.resource_state.aws_state import aws_state
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import ResourceState
from tests.integration.adapters.states import function

Calls = Counter[str]
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:dead"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Count the requests of all clients from when the fixture's counter is cleared."""
    counted: Calls = Counter()
    send = BaseClient._make_api_call  # type: ignore[attr-defined]

    def counting(self: Any, operation: str, parameters: Any) -> Any:
        counted[f"{self.meta.service_model.service_name}:{operation}"] += 1
        return send(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", counting)
    return counted


def shop() -> dict[str, str | None]:
    """Create twelve resources of eight services; return them."""
    lambdas = function("live")
    lambdas.put_function_concurrency(FunctionName="checkout", ReservedConcurrentExecutions=5)
    dynamodb, ecs = boto3.client("dynamodb"), boto3.client("ecs")
    for name in ("orders", "goods"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 3},
        )
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}]
    )
    for name in ("web", "worker"):
        ecs.create_service(cluster="shop", serviceName=name, taskDefinition="web:1", desiredCount=1)
    boto3.client("ssm").put_parameter(Name="/shop/limit", Value="1", Type="String")
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName="dead")
    policy = f'{{"deadLetterTargetArn": "{QUEUE_ARN}", "maxReceiveCount": 3}}'
    sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": policy})
    for name in ("shop-1", "shop-2", "shop-3"):
        boto3.client("rds").create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.r6g.large", Engine="postgres"
        )
    boto3.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    boto3.client("sns").create_topic(Name="orders")
    resources = (
        "lambda:checkout dynamodb:orders dynamodb:goods ecs:shop/web ecs:shop/worker "
        "ssm:/shop/limit sqs:orders rds:shop-1 rds:shop-2 rds:shop-3 kinesis:clicks sns:orders"
    )
    return dict.fromkeys(resources.split())


def test_twelve_resources_of_eight_services_ask_each_api_as_its_pages_demand(calls: Calls) -> None:
    targets = shop()
    states = aws_state(Config(), autoscaling=True, watch=["rds:*", "kinesis:*", "sns:*"])
    calls.clear()
    answers = states.states(targets)
    assert len(targets) == 12
    assert all(isinstance(answer, ResourceState) for answer in answers.values()), answers
    assert calls == {
        "lambda:GetFunctionConfiguration": 1,
        "lambda:GetFunctionConcurrency": 1,
        "lambda:GetAccountSettings": 1,
        "lambda:ListTags": 1,
        "lambda:ListAliases": 1,
        "dynamodb:DescribeTable": 2,
        "application-autoscaling:DescribeScalableTargets": 3,  # one a namespace
        "ecs:DescribeServices": 1,
        "ssm:GetParameterHistory": 1,
        "ssm:ListTagsForResource": 1,
        "sqs:GetQueueUrl": 2,  # of the queue and of its dead-letter queue
        "sqs:GetQueueAttributes": 2,
        "sqs:ListDeadLetterSourceQueues": 1,
        "rds:DescribeDBInstances": 1,
        "kinesis:DescribeStreamSummary": 1,
        "sns:ListTopics": 1,
        "sns:ListSubscriptionsByTopic": 1,
    }


def test_pages_are_all_read_and_no_more(calls: Calls) -> None:
    client = boto3.client("rds")
    names = [f"db-{number:03}" for number in range(120)]
    for name in names:
        client.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.r6g.large", Engine="postgres"
        )
    calls.clear()
    answers = aws_state(Config(), autoscaling=True, watch=["rds:*"]).states(
        {f"rds:{name}": None for name in names}
    )
    assert all(isinstance(answer, ResourceState) for answer in answers.values())
    assert calls == {"rds:DescribeDBInstances": 3}  # 50 names in a request


def test_autoscaled_tables_and_services_are_found_together() -> None:
    targets = shop()
    client = boto3.client("application-autoscaling")
    client.register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/goods",
        ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=1,
        MaxCapacity=9,
    )
    client.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/shop/web",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=9,
    )
    answers = aws_state(Config(), autoscaling=True).states(targets)
    autoscaled = {
        resource: answer.settings["autoscaled"]
        for resource, answer in answers.items()
        if isinstance(answer, ResourceState) and "autoscaled" in answer.settings
    }
    assert autoscaled == {
        "lambda:checkout": False,
        "dynamodb:orders": False,
        "dynamodb:goods": True,
        "ecs:shop/web": True,
        "ecs:shop/worker": False,
    }


def test_each_request_waits_for_a_turn_also_of_pages_and_links(calls: Calls) -> None:
    targets, turns = shop(), Counter[str]()

    def wait(service: str) -> None:
        turns[service] += 1

    calls.clear()
    states = aws_state(Config(), autoscaling=True, watch=["rds:*", "kinesis:*", "sns:*"], wait=wait)
    states.states(targets)
    sent: Counter[str] = Counter()
    for call, number in calls.items():
        sent[call.partition(":")[0]] += number
    assert turns == sent


def test_resources_without_a_turn_are_errors_of_their_own() -> None:
    targets = shop()

    def wait(service: str) -> None:
        if service == "lambda":
            raise SourceUnavailableError("no time left")

    answers = aws_state(Config(), autoscaling=True, wait=wait).states(targets)
    assert "no time left" in str(answers["lambda:checkout"])
    assert isinstance(answers["dynamodb:orders"], ResourceState)
