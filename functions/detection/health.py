"""When silence may be read as health: the data is complete, fresh, and there at all."""

from typing import Final

from functions.shared.analysis.traffic import points
from functions.shared.domain.evidence import Bundle, Measure

ENOUGH: Final = 3
"""Fewer periods since the onset than these show nothing."""


def can_show_health(bundle: Bundle) -> bool:
    """Return whether the data is complete and fresh enough for silence to mean health.

    Each alarm's resource must say how many requests and errors it has, up to the end.
    """
    if bundle.gaps():
        return False
    return all(
        sum(at >= bundle.onset for at in points(bundle, resource, measure)) >= ENOUGH
        for alarm in bundle.alarms
        for resource in alarm.resources
        for measure in _PROOF
    )


_PROOF: Final[tuple[Measure, ...]] = ("requests", "errors")
