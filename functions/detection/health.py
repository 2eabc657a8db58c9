"""Conditions for health: the alarm's own series is there, up to date, and at its usual level."""

from typing import Final

from functions.detection.anomalies import deviation
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle
from quorum.seats.signals.traffic import Points, alarmed, complete_points, points

MIN_PERIODS: Final = 3
MIN_REQUESTS: Final = 20.0
"""Fewer periods since the onset, or fewer requests in them, prove nothing."""
USUAL_SIGMA: Final = 2.5
"""Sigma within which the alarmed series is at its usual level."""


def can_show_health(bundle: Bundle) -> bool:
    """Return whether the data is complete and fresh enough for silence to mean health.

    No configured source is missing or stale. The alarmed series is there and neither higher nor
    lower than before, where an incomplete period cannot be lower. Every alarm's resource has enough
    requests, in periods whose errors are known. Points from log lines do not count: the function
    itself could have written them.
    """
    bundle = bundle.delivered()
    if bundle.gaps() or not any(s.alarmed for s in bundle.series):
        return False
    series = alarmed(bundle)
    above = deviation(series, bundle.onset, 0.5)
    below = deviation(complete_points(bundle, series), bundle.onset, 0.5)
    if above is None or above > USUAL_SIGMA or (below is not None and below < -USUAL_SIGMA):
        return False
    served = (_served(bundle, r) for alarm in bundle.alarms for r in alarm.resources)
    return all(
        len(known) >= MIN_PERIODS and sum(known.values()) >= MIN_REQUESTS for known in served
    )


def _served(bundle: Bundle, resource: ResourceId) -> Points:
    """Return the requests since the onset in periods whose errors are known."""
    requests = points(bundle, resource, "requests")
    errors = points(bundle, resource, "errors")
    return {at: n for at, n in requests.items() if at >= bundle.onset and at in errors}
