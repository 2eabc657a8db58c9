"""The stages and their differences."""

import platform
import sys
from typing import Final, Literal, NamedTuple

StageName = Literal["local", "dev", "prod"]


class Stage(NamedTuple):
    """Settings of one stage. Times are in seconds unless the name has another unit."""

    retained: bool
    """Data is kept when the stacks are deleted, and backed up."""
    python: str
    architecture: Literal["arm64", "x86_64"]
    traced: bool
    on_aws: bool
    poll: int
    """Between two checks of an alarm that should recover."""
    inventory_minutes: int
    warm_minutes: int
    approval: int
    """Default time to answer an approval request."""
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
