"""Faults that the Chaos Toolkit provokes in moto: undone where a verb restores what was there.

Its AWS extension has no fault for an alias, a table, a task definition or a queue, and its
`put_parameter` passes None for what is not given, which botocore refuses.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import pytest

from quorum.domain.catalogue import candidates
from tests.integration.executor.data_scenes import Service
from tests.integration.executor.lambda_scenes import Concurrency, Unreserved
from tests.integration.executor.models import Wire
from tests.integration.executor.scenes import Scene, actuator

pytest.importorskip("chaosaws", reason="installed with the lock; absent until `make install`")


class Fault(NamedTuple):
    """A healthy resource, an action of the Chaos Toolkit, and whether a verb takes it back."""

    scene: type[Scene]
    action: str
    arguments: dict[str, Any]
    repaired: bool = True


FAULTS = (
    Fault(Concurrency, "awslambda.put_function_concurrency", {"concurrent_executions": 2}),
    Fault(Unreserved, "awslambda.put_function_concurrency", {"concurrent_executions": 2}),
    Fault(
        Concurrency,
        "awslambda.put_function_concurrency",
        {"concurrent_executions": 0},
        repaired=False,
    ),
    Fault(Concurrency, "awslambda.put_function_timeout", {"timeout": 1}, repaired=False),
    Fault(Service, "ecs.update_desired_count", {"desired_count": 0}, repaired=False),
)
NAMES = {
    "lambda": {"function_name": "checkout"},
    "ecs": {"cluster": "shop", "service": "web"},
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.action} {fault.arguments}")
def test_fault_of_the_chaos_toolkit_is_taken_back_or_left_to_people(
    wire: Wire, fault: Fault
) -> None:
    scene = fault.scene(wire, healthy=True)
    healthy = scene.state()

    provoke(scene, fault)

    found = candidates(scene.situation())
    assert len(found) == fault.repaired
    for candidate in found:
        acts = actuator(candidate.verb)
        captured = acts.capture(candidate)
        assert scene.state() != healthy
        acts.apply(candidate, captured)
        assert scene.state() == healthy


def provoke(scene: Scene, fault: Fault) -> None:
    """Run the action of the Chaos Toolkit on the scene's resource."""
    room, _, name = fault.action.partition(".")
    action: Callable[..., Any] = getattr(import_module(f"chaosaws.{room}.actions"), name)
    action(**NAMES[scene.resource.partition(":")[0]], **fault.arguments)
