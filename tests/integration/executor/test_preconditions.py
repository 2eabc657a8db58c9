"""What each verb refuses, and what speaks against touching its resource."""

from typing import Any

import boto3
import pytest

from functions.executor.ports import Hazards
from functions.shared.domain.errors import (
    RefusedError,
    SourceUnavailableError,
    WorldMovedError,
)
from tests.integration.executor.models import Wire, answer
from tests.integration.executor.scenes import (
    ALL,
    Alias,
    Capacity,
    Concurrency,
    Parameter,
    Queue,
    Scene,
    Service,
    actuator,
)


@pytest.mark.parametrize("scene_of", ALL, ids=lambda scene: scene.verb)
def test_a_quiet_resource_has_no_hazards(wire: Wire, scene_of: type[Scene]) -> None:
    scene = scene_of(wire)

    assert actuator(scene_of.verb).hazards(scene.candidate()) == Hazards()


def weigh(scene: Alias) -> None:
    scene.client.update_alias(
        FunctionName="checkout",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {"3": 0.25}},
    )


def test_a_weighted_alias_is_a_hazard(wire: Wire) -> None:
    scene = Alias(wire)
    weigh(scene)

    hazards = actuator(Alias.verb).hazards(scene.candidate())

    assert hazards.weighted is not None
    assert "0.25" in hazards.weighted


def test_an_approved_rollback_of_a_weighted_alias_is_whole_and_its_undo_weighted_again(
    wire: Wire,
) -> None:
    scene, acts = Alias(wire), actuator(Alias.verb)
    weigh(scene)
    candidate = scene.candidate()
    captured = acts.capture(candidate)

    effect = acts.apply(candidate, captured)
    assert scene.state() == ("1", {})

    acts.undo(candidate, captured, effect.written)
    assert scene.state() == ("2", {"3": 0.25})


def test_a_version_to_go_back_to_that_is_gone_is_refused(wire: Wire) -> None:
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
    updating = {"State": "Active", "LastUpdateStatus": "InProgress"}
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


def test_autoscaling_that_does_not_answer_is_no_licence(wire: Wire) -> None:
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


def test_a_table_that_changes_is_a_hazard_and_its_capacity_cannot_be_told(wire: Wire) -> None:
    scene = Capacity(wire)
    table = {"TableStatus": "UPDATING", "ProvisionedThroughput": {}}
    wire.on("dynamodb.DescribeTable", lambda **_: answer({"Table": table}))
    acts = actuator(Capacity.verb)

    assert acts.hazards(scene.candidate()).deploying == "items is UPDATING"
    with pytest.raises(SourceUnavailableError):
        acts.read(scene.candidate())


def test_a_version_that_left_the_parameters_history_is_refused(wire: Wire) -> None:
    scene, acts = Parameter(wire), actuator(Parameter.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    newest = [scene.newest()]
    wire.on("ssm.GetParameterHistory", lambda **_: answer({"Parameters": newest}))
    acts = actuator(Parameter.verb)

    with pytest.raises(RefusedError, match="history"):
        acts.capture(candidate)
    with pytest.raises(RefusedError, match="history"):
        acts.apply(candidate, captured)


def test_a_version_with_the_same_value_restores_nothing(wire: Wire) -> None:
    scene = Parameter(wire)
    scene.client.put_parameter(Name="/shop/prices", Value=Parameter.bad, Overwrite=True)
    candidate = scene.candidate(from_version=3, to_version=2)
    blind = candidate.model_copy(update={"observed": {}})

    with pytest.raises(RefusedError, match="same value"):
        actuator(Parameter.verb).capture(blind)


def test_a_version_of_another_type_is_refused(wire: Wire) -> None:
    scene = Parameter(wire)
    history = scene.client.get_parameter_history(Name="/shop/prices", WithDecryption=True)
    former, newest = history["Parameters"]
    plain = {**former, "Type": "String"}
    wire.on("ssm.GetParameterHistory", lambda **_: answer({"Parameters": [plain, newest]}))

    with pytest.raises(RefusedError, match="another type"):
        actuator(Parameter.verb).capture(scene.candidate())


def test_a_parameters_value_is_in_no_fact_and_in_no_error(wire: Wire) -> None:
    scene, acts = Parameter(wire), actuator(Parameter.verb)
    candidate = scene.candidate()

    captured = acts.capture(candidate)
    effect = acts.apply(candidate, captured)
    undone = acts.undo(candidate, captured, effect.written)
    wire.on("ssm.PutParameter", denied)
    with pytest.raises(RefusedError) as refused:
        acts.undo(candidate, captured, undone.written)
    with pytest.raises(WorldMovedError) as moved:
        acts.undo(candidate, captured, effect.written)

    told = [captured, effect, undone, acts.read(candidate), refused.value, moved.value]
    for secret in (Parameter.good, Parameter.bad, "secret"):
        assert secret not in repr(told)
    assert all(isinstance(value, int) for value in [*captured.values(), *effect.written.values()])


def denied(**_: Any) -> Any:
    return answer({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, 400)


def test_a_write_that_overtook_somebody_elses_says_which_version_it_overwrote(wire: Wire) -> None:
    scene, acts = Parameter(wire), actuator(Parameter.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    history = scene.client.get_parameter_history(Name="/shop/prices", WithDecryption=True)
    scene.interfere()
    wire.on("ssm.GetParameterHistory", lambda **_: answer({"Parameters": history["Parameters"]}))

    effect = actuator(Parameter.verb).apply(candidate, captured)

    assert effect.written == {"version": 4, "value_of": 1, "overwrote": 3}


def test_a_plain_parameter_stays_plain(wire: Wire) -> None:
    Parameter(wire).client.put_parameter(Name="/shop/colour", Value="red", Type="String")
    scene, acts = Parameter.__new__(Parameter), actuator(Parameter.verb)
    scene.client = boto3.client("ssm")
    scene.client.put_parameter(Name="/shop/colour", Value="blue", Overwrite=True)
    named = scene.candidate(name="/shop/colour")
    candidate = named.model_copy(update={"resource": "ssm:/shop/colour"})

    acts.apply(candidate, acts.capture(candidate))

    found = scene.client.get_parameter(Name="/shop/colour")["Parameter"]
    assert (found["Value"], found["Type"], found["Version"]) == ("red", "String", 3)


def test_a_service_with_a_deployment_under_way_is_a_hazard(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Service(wire)
    monkeypatch.setenv("MOTO_ECS_SERVICE_RUNNING", "0")
    scene.client.create_service(
        cluster="shop", serviceName="slow", taskDefinition="web:2", desiredCount=1
    )
    candidate = scene.candidate(service="slow")

    assert actuator(Service.verb).hazards(candidate).deploying is not None


def test_a_task_definition_that_was_deregistered_is_refused(wire: Wire) -> None:
    scene = Service(wire)
    scene.client.deregister_task_definition(taskDefinition="web:1")

    with pytest.raises(RefusedError):
        actuator(Service.verb).capture(scene.candidate())


def test_a_service_that_another_controller_deploys_is_refused(wire: Wire) -> None:
    scene = Service(wire)
    scene.client.create_service(
        cluster="shop",
        serviceName="blue",
        taskDefinition="web:2",
        desiredCount=1,
        deploymentController={"type": "CODE_DEPLOY"},
    )

    with pytest.raises(RefusedError, match="controller"):
        actuator(Service.verb).capture(scene.candidate(service="blue"))


def test_task_definitions_compare_alike_as_arns_and_as_revisions(wire: Wire) -> None:
    scene, acts = Service(wire), actuator(Service.verb)
    prefix = "arn:aws:ecs:us-east-1:123456789012:task-definition/"
    names = {"from_task_definition": f"{prefix}web:2", "to_task_definition": f"{prefix}web:1"}
    candidate = scene.candidate(**names)

    captured = acts.capture(candidate)
    acts.apply(candidate, captured)

    assert acts.happened(candidate, captured, acts.read(candidate))


def test_dead_letters_go_back_and_cannot_be_undone(wire: Wire) -> None:
    scene, acts = Queue(wire), actuator(Queue.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    assert not acts.happened(candidate, captured, acts.read(candidate))

    effect = acts.apply(candidate, captured)

    assert scene.state() == (2, 0)
    assert acts.happened(candidate, captured, acts.read(candidate))
    with pytest.raises(RefusedError, match="no inverse"):
        acts.undo(candidate, captured, effect.written)
    assert not acts.restored(candidate, captured, acts.read(candidate))


def test_an_empty_dead_letter_queue_is_refused(wire: Wire) -> None:
    scene = Queue(wire)
    scene.client.purge_queue(QueueUrl=scene.dead)

    with pytest.raises(RefusedError, match="empty"):
        actuator(Queue.verb).capture(scene.candidate())


def test_a_move_that_runs_already_is_refused(wire: Wire) -> None:
    scene = Queue(wire)
    scene.moves.tasks.append({"Status": "RUNNING", "StartedTimestamp": 5})

    with pytest.raises(RefusedError, match="moved already"):
        actuator(Queue.verb).capture(scene.candidate())


def test_a_queue_of_the_same_name_in_another_account_is_not_ours(wire: Wire) -> None:
    scene = Queue(wire)
    theirs = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:999999999999:orders-dead"}'
    attributes = {"Attributes": {"RedrivePolicy": theirs, "ApproximateNumberOfMessages": "2"}}
    wire.on("sqs.GetQueueAttributes", lambda **_: answer(attributes))
    blind = scene.candidate().model_copy(update={"observed": {}})

    with pytest.raises(WorldMovedError):
        actuator(Queue.verb).capture(blind)
