"""A resource that moved or is gone is left alone, whatever the verb."""

from typing import Any

import pytest

from quorum.domain.errors import (
    RefusedError,
    WorldMovedError,
)
from tests.integration.executor.all_scenes import each, reversible
from tests.integration.executor.models import Wire
from tests.integration.executor.scenes import Scene, actuator


@reversible
def test_resource_changed_by_another_caller_is_not_undone(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    effect = acts.apply(candidate, captured)
    scene.interfere()
    theirs = scene.state()

    with pytest.raises(WorldMovedError):
        acts.undo(candidate, captured, effect.written)
    assert scene.state() == theirs


@reversible
def test_resource_changed_since_the_evidence_is_not_captured(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene = scene_of(wire)
    candidate = scene.candidate()
    scene.interfere()

    with pytest.raises(WorldMovedError):
        actuator(scene_of.verb).capture(candidate)


@each
def test_candidate_with_invalid_parameters_is_not_captured(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene = scene_of(wire)
    candidate = scene.candidate()
    scene.interfere()
    blind = candidate.model_copy(update={"observed": {}})

    with pytest.raises((WorldMovedError, RefusedError)):
        actuator(scene_of.verb).capture(blind)


@each
def test_an_observation_that_cannot_be_compared_counts_as_moved(
    wire: Wire, scene_of: type[Scene]
) -> None:
    strange = scene_of(wire).candidate().model_copy(update={"observed": {"colour": "green"}})

    with pytest.raises(WorldMovedError):
        actuator(scene_of.verb).capture(strange)


@each
def test_resource_changed_between_capture_and_effect_is_not_changed(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    scene.interfere()
    theirs = scene.state()

    with pytest.raises(WorldMovedError):
        acts.apply(candidate, captured)
    assert scene.state() == theirs


@each
def test_a_resource_that_is_gone_is_refused(wire: Wire, scene_of: type[Scene]) -> None:
    scene: Any = scene_of(wire)
    acts, candidate = actuator(scene_of.verb), scene.candidate()
    remove(scene)

    with pytest.raises(RefusedError):
        acts.capture(candidate)


def remove(scene: Any) -> None:
    match scene.verb.partition(".")[0]:
        case "lambda":
            scene.client.delete_function(FunctionName="checkout")
        case "dynamodb":
            scene.client.delete_table(TableName="items")
        case "ssm":
            scene.client.delete_parameter(Name="/shop/prices")
        case "ecs":
            scene.client.delete_service(cluster="shop", service="web", force=True)
        case _:
            scene.client.delete_queue(QueueUrl=scene.url)
