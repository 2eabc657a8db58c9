"""Preconditions and hazards of each verb."""

import boto3
import pytest

from functions.executor.ports import Hazards
from quorum.domain.errors import (
    RefusedError,
    SourceUnavailableError,
    WorldMovedError,
)
from tests.integration.executor.all_scenes import ALL
from tests.integration.executor.data_scenes import Capacity, OnDemand
from tests.integration.executor.lambda_scenes import Alias, Concurrency
from tests.integration.executor.models import Wire, answer
from tests.integration.executor.scenes import Scene, actuator


@pytest.mark.parametrize("scene_of", ALL, ids=lambda scene: scene.verb)
def test_a_quiet_resource_has_no_hazards(wire: Wire, scene_of: type[Scene]) -> None:
    scene = scene_of(wire)

    assert actuator(scene_of.verb).hazards(scene.candidate()) == Hazards()


def set_weights(scene: Alias) -> None:
    scene.client.update_alias(
        FunctionName="checkout",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {"3": 0.25}},
    )


def test_a_weighted_alias_is_a_hazard(wire: Wire) -> None:
    scene = Alias(wire)
    set_weights(scene)

    hazards = actuator(Alias.verb).hazards(scene.candidate())

    assert hazards.weighted is not None
    assert "0.25" in hazards.weighted


def test_approved_rollback_of_a_weighted_alias_is_complete_and_its_undo_restores_weights(
    wire: Wire,
) -> None:
    scene, acts = Alias(wire), actuator(Alias.verb)
    set_weights(scene)
    candidate = scene.candidate()
    captured = acts.capture(candidate)

    effect = acts.apply(candidate, captured)
    assert scene.state() == ("1", {})

    acts.undo(candidate, captured, effect.written)
    assert scene.state() == ("2", {"3": 0.25})


def test_rollback_to_a_deleted_version_is_refused(wire: Wire) -> None:
    scene = Alias(wire)

    with pytest.raises(RefusedError):
        actuator(Alias.verb).capture(scene.candidate(to_version="9"))


def test_a_version_that_cannot_run_is_refused(wire: Wire) -> None:
    scene = Alias(wire)
    candidate = scene.candidate()
    wire.on("lambda.GetFunctionConfiguration", lambda **_: answer({"State": "Failed"}))

    with pytest.raises(RefusedError, match="Failed"):
        actuator(Alias.verb).capture(candidate)


@pytest.mark.parametrize("scene_of", [Alias, Concurrency])
def test_a_function_that_is_being_updated_is_a_hazard(wire: Wire, scene_of: type[Scene]) -> None:
    scene = scene_of(wire)
    candidate = scene.candidate()
    arn = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
    updating = {"FunctionArn": arn, "State": "Active", "LastUpdateStatus": "InProgress"}
    wire.on("lambda.GetFunctionConfiguration", lambda **_: answer(updating))

    assert actuator(scene_of.verb).hazards(candidate).deploying == "checkout is being updated"


@pytest.mark.parametrize(("unreserved", "fits"), [(109, True), (108, False), (100, False)])
def test_a_raise_must_leave_lambdas_hundred_in_the_accounts_pool(
    wire: Wire,
    unreserved: int,
    fits: bool,  # noqa: FBT001
) -> None:
    scene, acts = Concurrency(wire), actuator(Concurrency.verb)
    scene.unreserved = unreserved

    if fits:
        assert acts.capture(scene.candidate()) == {"reserved_concurrency": 1}
    else:
        with pytest.raises(RefusedError, match="room"):
            acts.capture(scene.candidate())


def test_a_function_without_a_reservation_is_not_raised(wire: Wire) -> None:
    scene = Concurrency(wire)
    scene.client.delete_function_concurrency(FunctionName="checkout")

    with pytest.raises(WorldMovedError):
        actuator(Concurrency.verb).capture(scene.candidate())


def test_a_table_whose_units_autoscaling_owns_is_a_hazard(wire: Wire) -> None:
    scene = Capacity(wire)
    boto3.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/items",
        ScalableDimension="dynamodb:table:WriteCapacityUnits",
        MinCapacity=5,
        MaxCapacity=50,
    )

    hazards = actuator(Capacity.verb).hazards(scene.candidate())

    assert hazards.autoscaled == "autoscaling owns dynamodb:table:WriteCapacityUnits"


def test_unavailable_autoscaling_prevents_the_action(wire: Wire) -> None:
    scene = Capacity(wire)
    wire.lose("DescribeScalableTargets")

    with pytest.raises(SourceUnavailableError):
        actuator(Capacity.verb).hazards(scene.candidate())


def test_a_table_on_demand_has_no_capacity_to_raise(wire: Wire) -> None:
    scene = Capacity(wire)
    scene.client.update_table(TableName="items", BillingMode="PAY_PER_REQUEST")
    blind = scene.candidate().model_copy(update={"observed": {}})

    with pytest.raises(RefusedError):
        actuator(Capacity.verb).capture(blind)


def test_a_table_with_an_index_is_not_put_on_demand(wire: Wire) -> None:
    scene = OnDemand(wire)
    scene.client.update_table(
        TableName="items",
        AttributeDefinitions=[{"AttributeName": "day", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-day",
                    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": {
                        "ReadCapacityUnits": 5,
                        "WriteCapacityUnits": 5,
                    },
                }
            }
        ],
    )

    with pytest.raises(RefusedError, match="indexes"):
        actuator(OnDemand.verb).capture(scene.candidate())


@pytest.mark.parametrize(
    ("code", "error"),
    [("LimitExceededException", RefusedError), ("ThrottlingException", SourceUnavailableError)],
)
def test_table_that_dynamodb_does_not_change_again_today_is_refused(
    wire: Wire, code: str, error: type[Exception]
) -> None:
    scene, acts = OnDemand(wire), actuator(OnDemand.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    wire.on("dynamodb.UpdateTable", lambda **_: answer({"Error": {"Code": code}}, 400))

    with pytest.raises(error):
        acts.apply(candidate, captured)


def test_changing_table_is_a_hazard_with_unknown_capacity(wire: Wire) -> None:
    scene = Capacity(wire)
    table = {"TableStatus": "UPDATING", "ProvisionedThroughput": {}}
    wire.on("dynamodb.DescribeTable", lambda **_: answer({"Table": table}))
    acts = actuator(Capacity.verb)

    assert acts.hazards(scene.candidate()).deploying == "items is UPDATING"
    with pytest.raises(SourceUnavailableError):
        acts.read(scene.candidate())
