"""Conditions for health: the alarm's own series is there, up to date, and at its usual level."""

from typing import Final

from functions.detection.anomalies import deviation
from quorum.domain.evidence import Bundle, Measure
from quorum.seats.signals.traffic import alarmed, points

MIN_PERIODS: Final = 3
"""Fewer periods than this since the onset prove nothing."""
USUAL_SIGMA: Final = 2.5
"""Sigma within which the alarmed series is at its usual level."""
_PROOF: Final[tuple[Measure, ...]] = ("requests", "errors")


def can_show_health(bundle: Bundle) -> bool:
    """Return whether the data is complete and fresh enough for silence to mean health.

    No configured source is missing or stale. The alarmed series is there and neither higher nor
    lower than before. Every alarm's resource has requests and errors up to the end. Points from log
    lines do not count: the function itself could have written them.
    """
    bundle = bundle.delivered()
    if bundle.gaps() or not any(s.alarmed for s in bundle.series):
        return False
    change = deviation(alarmed(bundle), bundle.onset, 0.5)
    if change is None or abs(change) > USUAL_SIGMA:
        return False
    return all(
        sum(at >= bundle.onset for at in points(bundle, resource, measure)) >= MIN_PERIODS
        for alarm in bundle.alarms
        for resource in alarm.resources
        for measure in _PROOF
    )
