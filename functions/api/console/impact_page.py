"""Impact page: figures and seat calibration over the newest closed incidents."""

from typing import Any, Final

from functions.api.console.calibration import calibration
from functions.api.console.figures import ENOUGH, cost, shares, times
from functions.api.dependencies import ApiDependencies

READ: Final = 500
"""Maximum number of closed incidents that are read."""


def impact(deps: ApiDependencies) -> dict[str, Any]:
    """Return the page's content."""
    views = deps.views.by_status("closed", READ)
    outcomes = [o for one in deps.memory.remembered(READ) for o in one.seats]
    return {
        "figures": [*times(views), *shares(views), cost(views)],
        "calibration": calibration(outcomes),
        "incidents": len(views),
        "read": READ,
        "enough": ENOUGH,
    }
