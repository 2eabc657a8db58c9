"""One emulator for the tests of a file, and the fixtures that they share."""

from collections.abc import Iterator

import pytest

from local.emulator import Emulator
from tests.e2e.emulator_patches.cloud import CODE, Cloud, allow


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Emulator() as running:
        yield Cloud(running)


@pytest.fixture(scope="module")
def function(cloud: Cloud) -> str:
    """One function for all tests that leave it as it was."""
    return cloud.function(CODE)


@pytest.fixture(scope="module")
def machine_role(cloud: Cloud, function: str) -> str:
    """A state machine's role that may call the function's alias, and nothing else."""
    return cloud.role("states.amazonaws.com", allow("lambda:InvokeFunction", f"{function}:live"))
