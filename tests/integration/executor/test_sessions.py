"""With whose credentials, for what, and how often a verb calls AWS."""

import json

import pytest

from quorum.domain.catalogue import verb
from quorum.domain.errors import (
    SourceUnavailableError,
)
from tests.builders.events import INCIDENT
from tests.integration.executor.all_scenes import each
from tests.integration.executor.models import Wire
from tests.integration.executor.queue_scene import Queue
from tests.integration.executor.scenes import ROLES, Scene, actuator

SERVICE_CALLS = {
    "sqs.redrive": {
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    }
}


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
def test_role_that_cannot_be_assumed_has_no_effect(wire: Wire, scene_of: type[Scene]) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    before, candidate = scene.state(), scene.candidate()
    captured = acts.capture(candidate)
    wire.lose("AssumeRole")

    with pytest.raises(SourceUnavailableError):
        acts.apply(candidate, captured)

    assert scene.state() == before
    assert wire.effects() == []
