"""The threshold of an alarm, and values that breach it."""

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Final

from quorum.domain.evidence import Alarm

_BREACHES: Final[Mapping[str | None, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": ge,
    "GreaterThanThreshold": gt,
    "LessThanThreshold": lt,
    "LessThanOrEqualToThreshold": le,
}


def has_threshold(alarm: Alarm) -> bool:
    """Return whether the alarm compares single values with a threshold: not with a band."""
    return alarm.comparison in _BREACHES and alarm.threshold is not None


def breaches(alarm: Alarm, value: float) -> bool:
    """Return whether the value breaches the alarm's threshold; False where it has none."""
    compare = _BREACHES.get(alarm.comparison)
    return compare is not None and alarm.threshold is not None and compare(value, alarm.threshold)
