"""Running stack changes, and the resources that they hold.

moto's CloudFormation needs packages that are not installed: its two calls are modelled.
"""

from typing import Any

import boto3
import pytest

from functions.executor.cloudformation_deployments import CHANGING, CloudFormationDeployments
from functions.executor.session import READ_CONFIG
from quorum.domain.errors import RefusedError, SourceUnavailableError
from tests.integration.executor.models import Answer, Wire, answer

PHYSICAL_IDS = (
    "checkout",
    "arn:aws:lambda:us-east-1:123456789012:function:search:live",
    "items",
    "/shop/prices",
    "arn:aws:ecs:us-east-1:123456789012:service/shop/web",
    "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
)


class Stacks:
    """CloudFormation with two stacks, two pages each; `status` is that of `shop`."""

    def __init__(self, wire: Wire, status: str) -> None:
        self._status = {"idle": "UPDATE_COMPLETE", "shop": status}
        wire.on("cloudformation.ListStacks", self._list)
        wire.on("cloudformation.ListStackResources", self._resources)
        self.deployments = CloudFormationDeployments(
            boto3.client("cloudformation", config=READ_CONFIG)
        )

    def _list(self, **given: Any) -> Answer:
        body = given["params"]["body"]
        wanted = {v for k, v in body.items() if k.startswith("StackStatusFilter")}
        found = [
            {"StackName": name, "StackStatus": status}
            for name, status in self._status.items()
            if status in wanted
        ]
        return page(body, "StackSummaries", found)

    def _resources(self, **given: Any) -> Answer:
        body = given["params"]["body"]
        assert body["StackName"] == "shop", "only a stack that changes is looked into"
        found = [{"PhysicalResourceId": found} for found in PHYSICAL_IDS]
        return page(body, "StackResourceSummaries", [{}, *found])


def page(body: dict[str, str], name: str, found: list[Any]) -> Answer:
    """Return the first half, then the second."""
    half = len(found) // 2
    if "NextToken" in body:
        return answer({name: found[half:]})
    return answer({name: found[:half], "NextToken": "more"})


def test_every_status_of_a_stack_that_changes_resources_is_known() -> None:
    model = boto3.client("cloudformation").meta.service_model
    statuses: list[str] = getattr(model.shape_for("StackStatus"), "enum", [])
    changing = {status for status in statuses if status.endswith("IN_PROGRESS")}

    assert set(CHANGING) == changing - {"REVIEW_IN_PROGRESS"}


@pytest.mark.parametrize("status", CHANGING)
def test_a_stack_that_changes_and_holds_the_resource_is_a_deployment(
    wire: Wire, status: str
) -> None:
    found = Stacks(wire, status).deployments.running("ssm:/shop/prices")

    assert found == f"stack shop is {status}"


@pytest.mark.parametrize(
    "resource",
    [
        "lambda:checkout",
        "lambda:search",
        "dynamodb:items",
        "ssm:/shop/prices",
        "ecs:shop/web",
        "sqs:orders",
    ],
)
def test_a_resource_is_found_by_whatever_its_physical_id_is(wire: Wire, resource: str) -> None:
    assert Stacks(wire, "UPDATE_IN_PROGRESS").deployments.running(resource) is not None


@pytest.mark.parametrize("resource", ["sqs:order", "lambda:check", "ssm:/shop/price", "ecs:web/x"])
def test_changing_stack_without_the_resource_is_no_deployment(wire: Wire, resource: str) -> None:
    assert Stacks(wire, "UPDATE_IN_PROGRESS").deployments.running(resource) is None


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_stack_at_rest_is_no_deployment(wire: Wire, status: str) -> None:
    assert Stacks(wire, status).deployments.running("sqs:orders") is None


def test_unreadable_stacks_prevent_the_action(wire: Wire) -> None:
    deployments = Stacks(wire, "UPDATE_COMPLETE").deployments
    wire.lose("ListStacks")

    with pytest.raises(SourceUnavailableError):
        deployments.running("sqs:orders")


def test_stacks_without_list_permission_prevent_the_action(wire: Wire) -> None:
    denied = {"Error": {"Code": "AccessDenied", "Message": "no"}}
    wire.on("cloudformation.ListStacks", lambda **_: answer(denied, 403))

    with pytest.raises(RefusedError):
        CloudFormationDeployments(boto3.client("cloudformation")).running("sqs:orders")
