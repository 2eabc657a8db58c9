"""Refusals of the ECS and SQS verbs."""

import pytest

from quorum.domain.errors import (
    RefusedError,
    WorldMovedError,
)
from tests.integration.executor.data_scenes import Service
from tests.integration.executor.models import Wire, answer
from tests.integration.executor.queue_scene import Queue
from tests.integration.executor.scenes import actuator


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

    with pytest.raises(RefusedError, match="already running"):
        actuator(Queue.verb).capture(scene.candidate())


def test_a_queue_of_the_same_name_in_another_account_is_refused(wire: Wire) -> None:
    scene = Queue(wire)
    theirs = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:999999999999:orders-dead"}'
    attributes = {"Attributes": {"RedrivePolicy": theirs, "ApproximateNumberOfMessages": "2"}}
    wire.on("sqs.GetQueueAttributes", lambda **_: answer(attributes))
    blind = scene.candidate().model_copy(update={"observed": {}})

    with pytest.raises(WorldMovedError):
        actuator(Queue.verb).capture(blind)
