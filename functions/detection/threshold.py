"""Threshold method: breaches of the alarm's own threshold, after the onset against before it."""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Final

from quorum.domain.base import ActionId
from quorum.domain.call_graph import addressed_failures, caller_distances
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.votes import HEALTHY, Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.traffic import Points, alarmed

REAL_IF_BREACHED: Final = 0.9
ENOUGH: Final = 3
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": gt,
    "GreaterThanOrEqualToThreshold": ge,
    "LessThanThreshold": lt,
    "LessThanOrEqualToThreshold": le,
}


def threshold(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability of a real fault: the rise in the share of breaches.

    It cannot distinguish candidates that bear on the alarmed series: they share the probability.
    Raises NotApplicableError if the alarm has no threshold or its series no points.
    """
    sums = alarmed(bundle)
    if compare is None or alarm.threshold is None or not sums:
        raise NotApplicableError("the alarm has no threshold, or its series no points")
    before = _share(alarm, compare, {at: v for at, v in sums.items() if at < bundle.onset})
    after = _share(alarm, compare, {at: v for at, v in sums.items() if at >= bundle.onset})
    real_probability = REAL_IF_BREACHED * max(0.0, after - before)
    shares = {i: real_probability / n for i, n in _candidates_bearing(bundle)}
    fresh = sum(at >= bundle.onset for at in sums) >= ENOUGH and not bundle.gaps()
    if fresh:
        shares[HEALTHY] = 0.0 if after else REAL_IF_BREACHED
    return Opinion(
        probabilities=shares,
        none=0.0 if shares else real_probability,
        reason=f"threshold exceeded {after:.0%} of the time since the onset, {before:.0%} before",
        cites=tuple(s.id for s in bundle.series if s.alarmed),
    )


def _share(alarm: Alarm, compare: Callable[[float, float], bool], sums: Points) -> float:
    """Return the share of points at which the alarm's period breaches its threshold."""
    breaching = 0
    for at in sums:
        window = [v for t, v in sums.items() if at - alarm.period_seconds < t <= at]
        value = sum(window) if alarm.statistic == "Sum" else max(window)
        breaching += compare(value, alarm.threshold or 0.0)
    return breaching / len(sums) if sums else 0.0


def _candidates_bearing(bundle: Bundle) -> list[tuple[str, int]]:
    alarmed_resources = set(bundle.alarms[0].resources)
    candidates = [
        c.id
        for c in bundle.candidates
        if addressed(c) != "depth" and alarmed_resources & set(distances_up(bundle, c.resource))
    ]
    return [(i, len(candidates)) for i in candidates]
