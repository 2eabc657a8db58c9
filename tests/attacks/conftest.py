"""The attacked account: synthesised once, with every function's own code in it."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from stacks.config import Config
from tests.attacks.cloud.account import Account
from tests.attacks.cloud.configured import ATTACKED
from tests.attacks.cloud.deployed import Deployed
from tests.attacks.exploring import Explorer, primitives
from tests.attacks.scenes import OLD, SCENES
from tests.attacks.world import World
from tests.infrastructure.conftest import synthesise


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """The templates of the configuration that is attacked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")
        return Deployed(synthesise(Config.from_context(ATTACKED), tmp_path_factory.mktemp("synth")))


@pytest.fixture(scope="session")
def world(deployed: Deployed) -> Iterator[World]:
    """An account with an old incident in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
        yield World(Account(deployed), OLD)


@pytest.fixture(scope="session")
def roles(world: World) -> tuple[str, ...]:
    """Every role that the templates have."""
    return tuple(sorted(world.account.iam.identities))


@pytest.fixture(scope="session")
def explorers(world: World) -> Callable[[str], Explorer]:
    """One explorer per scene, by its name."""
    tried = primitives(world.account)

    @cache
    def of(scene: str) -> Explorer:
        return Explorer(world, SCENES[scene], tried)

    return of
