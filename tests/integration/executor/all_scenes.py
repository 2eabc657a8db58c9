"""Every verb has its scene."""

from typing import Any

import pytest

from tests.integration.executor.data_scenes import Capacity, OnDemand, Parameter, Service
from tests.integration.executor.lambda_scenes import Alias, Concurrency
from tests.integration.executor.queue_scene import Queue
from tests.integration.executor.scenes import Scene

REVERSIBLE: dict[type[Scene], Any] = {
    Alias: ("1", {}),
    Concurrency: 10,
    Capacity: (10, 10),
    OnDemand: "on demand",
    Parameter: ("good-secret", "SecureString", "alias/shop", "prices"),
    Service: "web:1",
}


ALL: tuple[type[Scene], ...] = (*REVERSIBLE, Queue)
each = pytest.mark.parametrize("scene_of", ALL, ids=lambda scene: scene.__name__)


reversible = pytest.mark.parametrize("scene_of", REVERSIBLE, ids=lambda scene: scene.__name__)
