"""GetMetricData that delivers points late, as CloudWatch does.

MiniStack delivers them at once. The delay in seconds is the newest value of a metric of its own,
which a scenario puts; alarms are evaluated without it.
"""

import time
from typing import Any, Final

from local.emulator_patches.patching import Wrapper, service, wrap

NAMESPACE: Final = "Emulator"
METRIC: Final = "DeliverySeconds"


def apply() -> None:
    """Patch the operation."""
    cloudwatch = service("services.cloudwatch")
    wrap(cloudwatch, "_get_metric_data", lambda read: _late(cloudwatch, read))


def _late(cloudwatch: Any, read: Wrapper) -> Wrapper:
    """End each request's time at the newest point that is delivered by now."""

    def corrected(params: Any, data: Any, *protocol: Any) -> Any:
        points = cloudwatch._metrics.get((NAMESPACE, METRIC, cloudwatch._dims_key({}))) or []  # noqa: SLF001
        if points:
            newest = time.time() - float(points[-1]["Value"])
            if isinstance(data, dict):
                data = {**data, "EndTime": min(newest, _seconds(cloudwatch, data.get("EndTime")))}
            if isinstance(params, dict) and "EndTime" in params:
                params = {**params, "EndTime": [str(newest)]}
        return read(params, data, *protocol)

    return corrected


def _seconds(cloudwatch: Any, at: Any) -> float:
    return float(cloudwatch._parse_ts(at) or time.time())  # noqa: SLF001
