"""With whose credentials, for what, and how often a verb calls AWS."""

import json

import pytest

from quorum.domain.catalogue import VERBS, Verb, verb
from quorum.domain.errors import (
    SourceUnavailableError,
)
from tests.builders.events import INCIDENT
from tests.integration.executor.all_scenes import ALL, each
from tests.integration.executor.models import Wire, reset
from tests.integration.executor.scenes import ROLES, Scene, actuator

SERVICE_CALLS = {
    "sqs.redrive": {
        "sqs:SendMessage",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    }
}


@pytest.mark.parametrize("row", VERBS, ids=lambda row: row.name)
def test_effects_are_called_with_the_verbs_role_and_need_exactly_its_permissions(
    wire: Wire, row: Verb
) -> None:
    by_sqs, needed = SERVICE_CALLS.get(row.name, set()), set[str]()
    for scene_of in (one for one in ALL if one.verb == row.name):
        reset()
        wire.restart()
        scene, acts = scene_of(wire), actuator(row.name)
        candidate = scene.candidate()
        wire.calls.clear()
        acts.hazards(candidate)
        captured = acts.capture(candidate)
        assert wire.effects() == []
        effect = acts.apply(candidate, captured)
        if row.reversible:
            acts.undo(candidate, captured, effect.written)
        needed |= set(wire.effects())
        assert wire.effects()[0].endswith(scene.effects[0])
        own = wire.reads() - {"sts:AssumeRole"} - by_sqs
        assert own.isdisjoint(row.permissions)

    assert needed | by_sqs == set(row.permissions)


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


@each
def test_a_lost_answer_is_an_unknown_outcome_and_the_client_does_not_repeat_it(
    wire: Wire, scene_of: type[Scene]
) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    wire.lose(scene_of.effects[0])

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
