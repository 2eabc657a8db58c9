"""Rollback limits in the resource's own tags, read as hazards."""

from collections.abc import Callable
from typing import Any

import pytest

from quorum.domain.errors import SourceUnavailableError
from tests.integration.executor.data_scenes import Parameter, Service
from tests.integration.executor.lambda_scenes import Alias
from tests.integration.executor.models import Wire
from tests.integration.executor.scenes import Scene, actuator

FLOOR, SECURITY = "quorum:no-rollback-below", "quorum:security-release"


def tag_function(scene: Any, key: str, value: str) -> None:
    arn = scene.client.get_function(FunctionName="checkout")["Configuration"]["FunctionArn"]
    scene.client.tag_resource(Resource=arn.removesuffix(":$LATEST"), Tags={key: value})


def tag_parameter(scene: Any, key: str, value: str) -> None:
    scene.client.add_tags_to_resource(
        ResourceType="Parameter",
        ResourceId="/shop/prices",
        Tags=[{"Key": key, "Value": value}],
    )


def tag_service(scene: Any, key: str, value: str) -> None:
    found = scene.client.describe_services(cluster="shop", services=["web"])["services"][0]
    scene.client.tag_resource(resourceArn=found["serviceArn"], tags=[{"key": key, "value": value}])


SCENES: tuple[tuple[type[Scene], Callable[[Any, str, str], None]], ...] = (
    (Alias, tag_function),
    (Parameter, tag_parameter),
    (Service, tag_service),
)


@pytest.mark.parametrize(("scene_of", "tag"), SCENES, ids=lambda one: one.__name__)
@pytest.mark.parametrize(("value", "speaks"), [("1", False), ("2", True), ("later", True)])
def test_pin_tag_refuses_a_rollback_below_it(
    wire: Wire,
    scene_of: type[Scene],
    tag: Callable[[Any, str, str], None],
    value: str,
    speaks: bool,  # noqa: FBT001 - a row
) -> None:
    scene = scene_of(wire)
    acts, candidate = actuator(scene.verb), scene.candidate()
    assert acts.hazards(candidate)[-2:] == (None, None)

    tag(scene, FLOOR, value)
    assert (acts.hazards(candidate).below_floor is not None) is speaks
    assert acts.hazards(candidate).security is None

    tag(scene, SECURITY, value)
    assert (acts.hazards(candidate).security is not None) is speaks


@pytest.mark.parametrize(
    ("scene_of", "call"),
    [
        (Alias, "ListTags"),
        (Parameter, "ListTagsForResource"),
        (Service, "DescribeServices"),
    ],
)
def test_tags_without_read_permission_are_not_missing(
    wire: Wire, scene_of: type[Scene], call: str
) -> None:
    scene = scene_of(wire)
    wire.lose(call)

    with pytest.raises(SourceUnavailableError):
        actuator(scene.verb).hazards(scene.candidate())
