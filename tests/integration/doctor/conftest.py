"""A deployment as the stacks synthesise it, whose roles a stand-in for IAM's simulator reads."""

import pytest

from stacks.config import Config
from tests.attacks.cloud.deployed import Deployed
from tests.builders.doctor import CONTEXT
from tests.infrastructure.conftest import synthesise


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """The templates of the configuration that the doctor's tests use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")
        config = Config.from_context(CONTEXT)
        return Deployed(synthesise(config, tmp_path_factory.mktemp("doctor")))
