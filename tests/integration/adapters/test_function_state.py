"""Settings of functions."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.lambda_state import LambdaState
from quorum.domain.resource_settings import aliases_of
from tests.integration.adapters.states import function, settings

ARN = "arn:aws:lambda:us-east-1:123456789012:function:checkout"


def test_function_state_has_the_settings_that_the_catalogue_reads() -> None:
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


def test_function_with_two_aliases_needs_an_alias_name() -> None:
    client = function("live")
    assert settings("lambda:checkout")["alias"] == "live"
    client.create_alias(FunctionName="checkout", Name="beta", FunctionVersion="2")
    both = settings("lambda:checkout")
    assert "alias" not in both
    assert {both[f"of/{name}/alias_version"] for name in ("live", "beta")} == {"1", "2"}
    assert aliases_of(both) == ("beta", "live")
    assert settings("lambda:checkout", "beta")["alias_version"] == "2"
    assert "alias" not in settings("lambda:checkout", "unknown")


def test_function_state_has_alias_weights_and_a_running_update() -> None:
    client = boto3.client("lambda")
    with Stubber(client) as stubber:
        for operation, answer in (
            (
                "get_function_configuration",
                {"FunctionArn": ARN, "LastUpdateStatus": "InProgress", "State": "Active"},
            ),
            ("get_function_concurrency", {}),
            ("list_tags", {}),
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


class Account:
    """A Lambda client whose alias is weighted; `answers` are those of other calls."""

    def __init__(self, client: Any, weights: dict[str, float], **answers: Any) -> None:
        self.exceptions, self._weights, self._answers = client.exceptions, weights, answers

    def get_alias(self, **_: Any) -> Any:
        routing = {"AdditionalVersionWeights": self._weights}
        return {"Name": "live", "FunctionVersion": "2", "RevisionId": "r", "RoutingConfig": routing}

    def __getattr__(self, operation: str) -> Any:
        answer = self._answers.get(operation, {"FunctionArn": ARN})
        if isinstance(answer, Exception):
            raise answer
        return lambda **_: answer


@pytest.mark.parametrize(
    ("weights", "provisioned", "expected"),
    [
        ({"1": 1.0}, True, (True, False, None)),
        ({"1": 1.0}, False, (False, True, "1=1.0")),
        ({"1": 0.5}, True, (False, True, "1=0.5")),
        ({}, True, (False, False, None)),
    ],
)
def test_weight_of_lambdas_own_is_a_deployment_and_no_ones_weight(
    weights: dict[str, float],
    provisioned: bool,  # noqa: FBT001
    expected: tuple[Any, ...],
) -> None:
    client = boto3.client("lambda")
    gone = client.exceptions.ProvisionedConcurrencyConfigNotFoundException({}, "Get")
    answer: Any = {} if provisioned else gone
    fake: Any = Account(client, weights, get_provisioned_concurrency_config=answer)
    found = LambdaState(fake, Autoscaling(None))("checkout", "live")
    assert found is not None
    shown = (found["deploying"], found["alias_weighted"], found.get("alias_weights"))
    assert shown == expected


@pytest.mark.parametrize(
    ("limits", "known"),
    [
        (
            {"AccountLimit": {"UnreservedConcurrentExecutions": 150, "ConcurrentExecutions": 901}},
            {"concurrency_room": 50, "concurrency_most": 450},
        ),
        (ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Get"), {}),
    ],
)
def test_function_with_a_reservation_has_the_accounts_limits_where_they_can_be_read(
    limits: Any, known: dict[str, int]
) -> None:
    reserved = {"ReservedConcurrentExecutions": 5}
    client = boto3.client("lambda")
    fake: Any = Account(client, {}, get_function_concurrency=reserved, get_account_settings=limits)
    found = LambdaState(fake, Autoscaling(None))("checkout", "live")
    assert found is not None
    assert {k: v for k, v in found.items() if k.startswith("concurrency_")} == known


def test_function_state_has_pin_tags_and_no_other_tag() -> None:
    client = function("live")
    tags = {
        "quorum:no-rollback-below": "7",
        "quorum:security-release": "9",
        "team": "shop",
    }
    client.tag_resource(Resource=ARN, Tags=tags)
    found = settings("lambda:checkout")
    assert (found["no_rollback_below"], found["security_release"]) == ("7", "9")
    assert "shop" not in found.values()
