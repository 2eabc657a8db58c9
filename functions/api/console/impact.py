"""Impact: what Quorum came to over many incidents, from the read model and the memory."""

from typing import Any, Final

from functions.api.console.calibration import calibration
from functions.api.console.figures import ENOUGH, cost, shares, times
from functions.api.dependencies import Tools

READ: Final = 500


def impact(tools: Tools) -> dict[str, Any]:
    """Return what the page shows, over the newest closed incidents."""
    views = tools.views.by_status("closed", READ)
    outcomes = [o for one in tools.memory.remembered(READ) for o in one.seats]
    return {
        "figures": [*times(views), *shares(views), cost(views)],
        "calibration": calibration(outcomes),
        "incidents": len(views),
        "read": READ,
        "enough": ENOUGH,
    }
