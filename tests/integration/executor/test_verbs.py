"""One contract for every verb, on moto: capture, effect, inverse, and staying away."""

import json
from typing import Any

import pytest

from functions.executor.aws_actuators import AwsActuators
from functions.executor.session import VerbSessions
from functions.shared.domain.catalogue import VERBS, CatalogueError, verb
from functions.shared.domain.errors import (
    RefusedError,
    SourceUnavailableError,
    WorldMovedError,
)
from tests.integration.executor.models import Wire
from tests.integration.executor.scenes import (
    ALL,
    INCIDENT,
    PLACE,
    REVERSIBLE,
    ROLES,
    Queue,
    Scene,
    actuator,
)

SERVICE_CALLS = {
    "sqs.redrive": {
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    }
}
"""What SQS itself does with the caller's permissions while it moves messages."""

each = pytest.mark.parametrize("scene_of", ALL, ids=lambda scene: scene.verb)
reversible = pytest.mark.parametrize("scene_of", REVERSIBLE, ids=lambda scene: scene.verb)


def test_every_verb_of_the_catalogue_has_an_actuator_and_there_is_no_other() -> None:
    shelf = AwsActuators(VerbSessions(None, ROLES, PLACE))  # type: ignore[arg-type]

    assert (
        set(shelf.builders()) == {row.name for row in VERBS} == {scene_of.verb for scene_of in ALL}
    )
    with pytest.raises(CatalogueError):
        shelf.actuator("lambda.delete_function", INCIDENT)


@reversible
def test_the_effect_shows_and_the_inverse_restores_what_was_there(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    before, candidate = scene.state(), scene.candidate()

    captured = acts.capture(candidate)
    assert not acts.happened(candidate, captured, acts.read(candidate))
    assert acts.restored(candidate, captured, acts.read(candidate))
    effect = acts.apply(candidate, captured)

    assert scene.state() == REVERSIBLE[scene_of]
    assert effect.request_id
    assert acts.happened(candidate, captured, acts.read(candidate))
    assert not acts.restored(candidate, captured, acts.read(candidate))

    undone = acts.undo(candidate, captured, effect.written)
    assert scene.state() == before
    assert undone.request_id
    assert acts.restored(candidate, captured, acts.read(candidate))


@reversible
def test_an_effect_that_was_found_by_reading_can_be_undone_like_one_that_was_answered(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    before, candidate = scene.state(), scene.candidate()
    captured = acts.capture(candidate)
    acts.apply(candidate, captured)

    acts.undo(candidate, captured, acts.read(candidate))

    assert scene.state() == before


@reversible
def test_what_somebody_else_changed_since_is_not_undone(wire: Wire, scene_of: type[Scene]) -> None:
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
def test_a_resource_that_moved_since_the_evidence_is_not_captured(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene = scene_of(wire)
    candidate = scene.candidate()
    scene.interfere()

    with pytest.raises(WorldMovedError):
        actuator(scene_of.verb).capture(candidate)


@each
def test_a_candidate_whose_parameters_do_not_fit_the_resource_is_not_captured(
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
def test_a_resource_that_moved_between_capture_and_effect_is_left_alone(
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
def test_effects_are_called_with_the_verbs_role_and_need_exactly_its_permissions(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    candidate = scene.candidate()
    wire.calls.clear()

    acts.hazards(candidate)
    captured = acts.capture(candidate)
    assert wire.effects() == []
    effect = acts.apply(candidate, captured)
    if scene_of is not Queue:
        acts.undo(candidate, captured, effect.written)

    needed = set(wire.effects()) | SERVICE_CALLS.get(scene_of.verb, set())
    assert needed == set(verb(scene_of.verb).permissions)
    own = wire.reads() - {"sts:AssumeRole"} - SERVICE_CALLS.get(scene_of.verb, set())
    assert own.isdisjoint(verb(scene_of.verb).permissions)


@each
def test_the_session_is_narrowed_to_the_verb_on_the_resource_and_named_for_the_incident(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    candidate = scene.candidate()

    acts.apply(candidate, acts.capture(candidate))

    (asked,) = wire.sent
    assert asked["RoleSessionName"] == INCIDENT
    role = scene_of.verb.replace(".", "-").replace("_", "-")
    assert asked["RoleArn"] == ROLES + role
    statement = json.loads(asked["Policy"])["Statement"][0]
    assert statement["Action"] == list(verb(scene_of.verb).permissions)
    assert not any("*" in resource for resource in statement["Resource"])


EFFECTS = {
    "lambda.rollback_alias": "UpdateAlias",
    "lambda.raise_reserved_concurrency": "PutFunctionConcurrency",
    "dynamodb.raise_capacity": "UpdateTable",
    "ssm.restore_parameter": "PutParameter",
    "ecs.rollback_service": "UpdateService",
    "sqs.redrive": "StartMessageMoveTask",
}


@each
def test_a_lost_answer_is_an_unknown_outcome_and_the_client_does_not_repeat_it(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    wire.lose(EFFECTS[scene_of.verb])

    with pytest.raises(SourceUnavailableError):
        acts.apply(candidate, captured)

    assert wire.attempts == 1
    assert not acts.happened(candidate, captured, acts.read(candidate))


@each
def test_a_role_that_cannot_be_assumed_is_no_effect(wire: Wire, scene_of: type[Scene]) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    before, candidate = scene.state(), scene.candidate()
    captured = acts.capture(candidate)
    wire.lose("AssumeRole")

    with pytest.raises(SourceUnavailableError):
        acts.apply(candidate, captured)

    assert scene.state() == before
    assert wire.effects() == []


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
