"""When silence may be read as health: the alarm's own series is there, fresh, and as it was."""

from typing import Final

from functions.detection.anomalies import deviation
from quorum.domain.evidence import Bundle, Measure
from quorum.seats.signals.traffic import alarmed, points

ENOUGH: Final = 3
"""Fewer periods since the onset than these show nothing."""
USUAL: Final = 2.5
"""Sigma within which the alarmed series is as it was."""
_PROOF: Final[tuple[Measure, ...]] = ("requests", "errors")


def can_show_health(bundle: Bundle) -> bool:
    """Return whether the data is complete and fresh enough for silence to mean health.

    Nothing configured is missing or stale; what the alarm watches is seen, and is neither higher
    nor lower than it was; each alarm's resource tells its requests and errors up to the end.
    """
    if bundle.gaps() or not any(s.alarmed for s in bundle.series):
        return False
    watched = deviation(alarmed(bundle), bundle.onset, 0.5)
    if watched is None or abs(watched) > USUAL:
        return False
    return all(
        sum(at >= bundle.onset for at in points(bundle, resource, measure)) >= ENOUGH
        for alarm in bundle.alarms
        for resource in alarm.resources
        for measure in _PROOF
    )
