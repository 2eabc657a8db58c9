"""Resources whose CloudFormation stack is changing."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.ecs_state import EcsState
from quorum.adapters.resource_state.lambda_state import LambdaState
from quorum.adapters.resource_state.ssm_state import SsmState
from quorum.adapters.resource_state.stack_updates import KEPT_SECONDS, STACK_TAG, StackUpdates
from tests.fakes import FakeClock
from tests.integration.adapters.states import function

STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1"
TAGS = {STACK_TAG: STACK}


class Stacks:
    """A CloudFormation client with one stack; `status` may be an error."""

    def __init__(self, status: Any) -> None:
        self.status, self.calls = status, 0

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's
        self.calls += 1
        assert StackName == STACK
        if isinstance(self.status, Exception):
            raise self.status
        return {"Stacks": [{"StackStatus": self.status}]}


@pytest.mark.parametrize(
    ("status", "running"),
    [
        ("UPDATE_IN_PROGRESS", True),
        ("UPDATE_ROLLBACK_IN_PROGRESS", True),
        ("UPDATE_COMPLETE", False),
        ("REVIEW_IN_PROGRESS", False),
        (ClientError({"Error": {"Code": "Throttling"}}, "DescribeStacks"), False),
        (EndpointConnectionError(endpoint_url="https://aws"), False),
    ],
    ids=str,
)
def test_stack_that_changes_is_a_deployment(status: Any, *, running: bool) -> None:
    client: Any = Stacks(status)
    assert StackUpdates(client).running(TAGS) is running
    assert not StackUpdates(client).running({"team": "shop"})
    assert not StackUpdates().running(TAGS)


def test_resources_of_one_stack_share_a_call_for_a_while() -> None:
    client: Any = Stacks("UPDATE_IN_PROGRESS")
    clock = FakeClock()
    stacks = StackUpdates(client, lambda: clock().timestamp())
    assert stacks.running(TAGS)
    client.status = "UPDATE_COMPLETE"
    assert stacks.running(TAGS)
    assert client.calls == 1
    clock.advance(KEPT_SECONDS + 1)
    assert not stacks.running(TAGS)


def test_state_of_a_resource_in_a_changing_stack_is_deploying() -> None:
    client: Any = Stacks("UPDATE_IN_PROGRESS")
    stacks, none = StackUpdates(client), Autoscaling(None)
    lambdas = function("live")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
    lambdas.tag_resource(Resource=arn, Tags=TAGS)
    ssm, ecs = boto3.client("ssm"), boto3.client("ecs")
    ssm.put_parameter(
        Name="/p", Value="1", Type="String", Tags=[{"Key": STACK_TAG, "Value": STACK}]
    )
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}]
    )
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        tags=[{"key": STACK_TAG, "value": STACK}],
    )

    found = (
        LambdaState(lambdas, none, stacks)("checkout", "live"),
        SsmState(ssm, stacks)("/p", None),
        EcsState(ecs, none, stacks).read({"shop/web": None})["shop/web"],
    )
    assert [isinstance(state, dict) and state["deploying"] for state in found] == [True, True, True]
