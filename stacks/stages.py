"""Where the stages differ, in one place."""

import platform
import sys
from typing import Final, Literal, NamedTuple

StageName = Literal["local", "dev", "prod"]


class Stage(NamedTuple):
    """One stage's machinery. Times are in seconds unless the name says otherwise."""

    retained: bool
    """Data outlives the stacks, and is backed up."""
    python: str
    architecture: Literal["arm64", "x86_64"]
    traced: bool
    on_aws: bool
    poll: int
    """Between two looks at an alarm that should recover."""
    inventory_minutes: int
    warm_minutes: int
    approval: int
    """A person's time to answer, unless the configuration says otherwise."""
    log_days: int


_AWS: Final = Stage(
    retained=False,
    python="3.13",
    architecture="arm64",
    traced=True,
    on_aws=True,
    poll=20,
    inventory_minutes=5,
    warm_minutes=5,
    approval=1800,
    log_days=30,
)

STAGES: Final[dict[StageName, Stage]] = {
    "local": _AWS._replace(
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        architecture="arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64",
        traced=False,
        on_aws=False,
        poll=2,
        inventory_minutes=1,
        warm_minutes=1,
        approval=900,
        log_days=1,
    ),
    "dev": _AWS,
    "prod": _AWS._replace(retained=True, log_days=365),
}
