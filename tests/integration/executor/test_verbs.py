"""One contract for every verb, on moto: capture, effect, inverse, and staying away."""

import pytest

from functions.executor.aws_actuators import AwsActuators
from functions.executor.session import VerbSessions
from quorum.domain.catalogue import VERBS, CatalogueError
from tests.builders.events import INCIDENT
from tests.integration.executor.all_scenes import ALL, REVERSIBLE, reversible
from tests.integration.executor.models import Wire
from tests.integration.executor.scenes import PLACE, ROLES, Scene, actuator

"""Calls that SQS itself makes with the caller's permissions while it moves messages."""


def test_every_verb_of_the_catalogue_has_an_actuator_and_there_is_no_other() -> None:
    shelf = AwsActuators(VerbSessions(None, ROLES, PLACE))  # type: ignore[arg-type]

    assert (
        set(shelf.builders()) == {row.name for row in VERBS} == {scene_of.verb for scene_of in ALL}
    )
    with pytest.raises(CatalogueError):
        shelf.actuator("lambda.delete_function", INCIDENT)


@reversible
def test_effect_is_visible_and_the_inverse_restores_the_former_state(
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
def test_effect_detected_by_reading_can_be_undone(wire: Wire, scene_of: type[Scene]) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    before, candidate = scene.state(), scene.candidate()
    captured = acts.capture(candidate)
    acts.apply(candidate, captured)

    acts.undo(candidate, captured, acts.read(candidate))

    assert scene.state() == before
