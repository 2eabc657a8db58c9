"""Settings of functions."""

import boto3
from botocore.stub import Stubber

from quorum.adapters.resource_state.autoscaling import Autoscaling
from quorum.adapters.resource_state.lambda_state import LambdaState
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
    assert "alias" not in settings("lambda:checkout")
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
