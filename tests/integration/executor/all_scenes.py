"""Every verb has its scenes: a test parametrised over them holds for each verb."""

from typing import Any

import pytest

from tests.integration.executor.data_scenes import (
    Capacity,
    IndexCapacity,
    OnDemand,
    Parameter,
    PlainParameter,
    Service,
)
from tests.integration.executor.lambda_scenes import Alias, Concurrency, Provisioned, Unreserved
from tests.integration.executor.queue_scene import DeadLetterQueue, Queue
from tests.integration.executor.scenes import Scene

REVERSIBLE: dict[type[Scene], Any] = {
    Alias: ("1", {}),
    Provisioned: ("1", {}),
    Concurrency: 10,
    Unreserved: None,
    Capacity: (10, 10),
    OnDemand: "on demand",
    IndexCapacity: (10, 10, (10, 10)),
    Parameter: ("good-secret", "SecureString", "alias/shop", "prices", "Advanced"),
    PlainParameter: ("good-secret", "String"),
    Service: "web:1",
}
"""The resource's state after each scene's action."""

ALL: tuple[type[Scene], ...] = (*REVERSIBLE, Queue, DeadLetterQueue)
each = pytest.mark.parametrize("scene_of", ALL, ids=lambda scene: scene.__name__)
reversible = pytest.mark.parametrize("scene_of", REVERSIBLE, ids=lambda scene: scene.__name__)
DELIBERATE = [(scene, name) for scene in ALL for name in scene.deliberate]
deliberate = pytest.mark.parametrize(
    ("scene_of", "name"), DELIBERATE, ids=lambda one: one if isinstance(one, str) else one.__name__
)
