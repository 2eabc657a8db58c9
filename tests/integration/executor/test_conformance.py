"""Conformance of each verb of the catalogue: its proposals, deliberate states, crashes, throttling.

The scenes read the resource as evidence does, and act as the executor does, on moto.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import boto3
import pytest

from functions.executor.aws_actuators import AwsActuators
from functions.executor.outcome import EFFECT_SECONDS
from functions.executor.session import READ_CONFIG, VerbSessions
from functions.executor.target_binding import bind_target
from quorum.domain.catalogue import VERBS, candidates, verb
from quorum.domain.errors import QuorumError
from quorum.domain.events import ActionTaken, InverseCaptured
from quorum.ports.telemetry import AlarmStatus
from tests.builders.alarms import ACCOUNT, ALARM, alarm
from tests.builders.crashes import Death, KilledError
from tests.builders.executor import Case
from tests.fakes import START
from tests.integration.executor.all_scenes import ALL, REVERSIBLE, deliberate, each
from tests.integration.executor.lambda_scenes import Provisioned
from tests.integration.executor.models import Wire, reset
from tests.integration.executor.scenes import PLACE, ROLES, Scene, actuator


def test_every_verb_of_the_catalogue_has_scenes() -> None:
    assert {scene_of.verb for scene_of in ALL} == {row.name for row in VERBS}
    assert {scene.verb for scene in ALL if scene.deliberate} == {row.name for row in VERBS}


@each
def test_changed_resource_is_proposed_and_its_healthy_twin_is_left_alone(
    wire: Wire, scene_of: type[Scene]
) -> None:
    healthy = scene_of(wire, healthy=True)
    assert candidates(healthy.situation()) == ()

    reset()
    scene = scene_of(wire)
    (found,) = candidates(scene.situation())
    wanted = scene.candidate()
    assert (found.id, found.resource) == (wanted.id, wanted.resource)
    assert found.observed == wanted.observed
    assert bind_target(found, PLACE).resource == found.resource
    assert actuator(found.verb).capture(found)


@each
def test_an_action_leaves_nothing_to_propose(wire: Wire, scene_of: type[Scene]) -> None:
    scene, acts = scene_of(wire), actuator(scene_of.verb)
    candidate = scene.candidate()

    effect = acts.apply(candidate, acts.capture(candidate))

    after = scene.situation()
    ours = tuple(
        c.model_copy(update={"ours": c.after in effect.written.values()}) for c in after.changes
    )
    assert candidates(replace(after, changes=ours)) == ()


@deliberate
def test_deliberate_state_is_neither_proposed_nor_changed(
    wire: Wire, scene_of: type[Scene], name: str
) -> None:
    scene = scene_of(wire)
    blind = scene.candidate().model_copy(update={"observed": {}})
    assert candidates(scene.situation()) != ()

    scene.deliberate[name](scene)

    assert candidates(scene.situation()) == ()
    with pytest.raises(QuorumError):
        check(scene, blind)


def check(scene: Scene, candidate: Any) -> None:
    """Raise the error of the capture, or of a hazard that no approval lifts."""
    acts = actuator(scene.verb)
    hazards = acts.hazards(candidate)
    if hazards.deploying or hazards.autoscaled:
        raise QuorumError(f"{hazards}")
    acts.capture(candidate)


class Run:
    """The executor on moto, with an incident that is decided for the scene's candidate."""

    def __init__(self, wire: Wire, scene_of: type[Scene]) -> None:
        reset()
        wire.restart()
        self.wire, self.scene = wire, scene_of(wire)
        self.before = self.scene.state()
        arn = f"arn:aws:cloudwatch:{PLACE.region}:{ACCOUNT}:alarm:{ALARM}"
        row = verb(scene_of.verb)
        self.case = Case(
            chosen=self.scene.candidate(),
            opened={"alarm": alarm(arn=arn, region=PLACE.region)},
            route="approve",
            bundled={"candidates": (self.scene.candidate(),)},
        )
        self.approval = self.case.approve()
        if row.cause_first:
            self.case.alarms.put(AlarmStatus(ALARM, "OK", START))

    def run(self, operation: str = "act") -> Any:
        """Run the operation; clients are made anew, as in a new process."""
        sessions = VerbSessions(boto3.client("sts", config=READ_CONFIG), ROLES, PLACE)
        actuators = AwsActuators(sessions)
        return self.case.run(operation, self.approval, place=PLACE, actuators=actuators)

    def repaired(self) -> bool:
        """Return whether the effect happened."""
        return bool(self.scene.state() != self.before)


def deaths(wire: Wire, scene_of: type[Scene], operation: str) -> Iterator[Run]:
    """Yield one run per AWS call after which the process can die; each has just died there."""
    for at in count(1):
        run = Run(wire, scene_of)
        if operation == "undo":
            assert run.run() == "acted"
            run.case.verify("failed")
        wire.death = Death(at, after=False)
        try:
            run.run(operation)
        except KilledError:
            wire.death = None
            yield run
        else:
            assert at > 2, "the operation makes fewer calls than it must"
            return


@each
def test_crash_after_any_call_and_a_retry_act_once_or_not_at_all(
    wire: Wire, scene_of: type[Scene]
) -> None:
    ended = set()
    for run in deaths(wire, scene_of, "act"):
        happened = run.repaired()
        run.case.clock.advance(EFFECT_SECONDS + 1)
        wire.calls.clear()

        result = run.run()

        assert len(run.case.facts(ActionTaken)) == run.repaired()
        assert result == ("acted" if run.repaired() else "refused")
        assert run.case.facts(InverseCaptured) or not run.repaired()
        if happened:
            assert run.repaired()
            assert wire.effects() == []
        ended.add(happened)
    assert ended == {False, True}


@pytest.mark.parametrize("scene_of", REVERSIBLE, ids=lambda scene: scene.__name__)
def test_crash_after_any_call_of_an_undo_and_a_retry_undo_once_or_not_at_all(
    wire: Wire, scene_of: type[Scene]
) -> None:
    ended = set()
    for run in deaths(wire, scene_of, "undo"):
        undone = not run.repaired()
        run.case.clock.advance(EFFECT_SECONDS + 1)
        wire.calls.clear()

        result = run.run("undo")

        assert result == ("refused" if run.repaired() else "undone")
        if undone:
            assert wire.effects() == []
        ended.add(undone)
    assert ended == {False, True}


@each
def test_throttled_call_never_leaves_an_unrecorded_effect(
    wire: Wire, scene_of: type[Scene]
) -> None:
    run = Run(wire, scene_of)
    wire.calls.clear()
    assert run.run() == "acted"
    operations = dict.fromkeys(action.partition(":")[2] for _, action in wire.calls)

    for operation in operations:
        run = Run(wire, scene_of)
        wire.throttled = operation
        try:
            result = run.run()
        except QuorumError:
            result = "later"
        wire.throttled = None
        assert not run.repaired()
        assert result in {"refused", "later", "ask"}
        assert run.case.facts(ActionTaken) == []


def test_alias_that_lambda_warms_after_the_action_is_still_as_quorum_left_it(wire: Wire) -> None:
    scene, acts = Provisioned(wire), actuator(Provisioned.verb)
    candidate = scene.candidate()
    captured = acts.capture(candidate)
    effect = acts.apply(candidate, captured)

    scene.warm("2")
    assert acts.happened(candidate, captured, acts.read(candidate))
    assert acts.hazards(candidate).deploying is None
    assert acts.hazards(candidate).weighted is None
    scene.finish()
    acts.undo(candidate, captured, effect.written)

    assert scene.state() == ("2", {})
