"""Restoring a parameter: what it refuses, keeps and never reveals."""

from typing import Any

import boto3
import pytest

from quorum.domain.errors import (
    RefusedError,
    WorldMovedError,
)
from tests.integration.executor.data_scenes import Parameter
from tests.integration.executor.models import Wire, answer
from tests.integration.executor.scenes import actuator


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

    with pytest.raises(RefusedError, match="different type"):
        actuator(Parameter.verb).capture(scene.candidate())


def test_parameters_value_is_in_no_event_and_no_error(wire: Wire) -> None:
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

    shown = [captured, effect, undone, acts.read(candidate), refused.value, moved.value]
    for secret in (Parameter.good, Parameter.bad, "secret"):
        assert secret not in repr(shown)
    assert all(isinstance(value, int) for value in [*captured.values(), *effect.written.values()])


def denied(**_: Any) -> Any:
    return answer({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, 400)


def test_write_over_another_callers_names_the_overwritten_version(wire: Wire) -> None:
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
