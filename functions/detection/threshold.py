"""Threshold method: breaches of the alarm's own threshold, after the onset against before it."""

from collections.abc import Callable
from typing import Final

from quorum.domain.alarm_threshold import breaches, has_threshold
from quorum.domain.base import ActionId
from quorum.domain.call_graph import addressed_failures, caller_distances
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.votes import HEALTHY, Opinion
from quorum.seats.seat import Deps
from quorum.seats.signals.traffic import Points, alarmed

REAL_IF_BREACHED: Final = 0.9
ENOUGH: Final = 3


def threshold(bundle: Bundle, _deps: Deps) -> Opinion:
    """Return the probability of a real fault: the rise in the share of breaches.

    It cannot distinguish candidates that bear on the alarmed series: they share the probability.
    Raises NotApplicableError if the alarm has no threshold or its series no points.
    """
    sums = alarmed(bundle)
    breached = _breaches(bundle.alarms[0], sums)
    since = {at: value for at, value in sums.items() if at >= bundle.onset}
    before = _share(breached, {at: value for at, value in sums.items() if at < bundle.onset})
    after = _share(breached, since)
    real_probability = REAL_IF_BREACHED * max(0.0, after - before)
    bearing = _candidates_bearing(bundle)
    shares = {candidate: real_probability / len(bearing) for candidate in bearing}
    if len(since) >= ENOUGH and not bundle.gaps():
        shares[HEALTHY] = 0.0 if after else REAL_IF_BREACHED
    return Opinion(
        probabilities=shares,
        none=0.0 if shares else real_probability,
        reason=f"alarm threshold exceeded {after:.0%} of the time since onset, {before:.0%} before",
        cites=tuple(s.id for s in bundle.series if s.alarmed),
    )


def _breaches(alarm: Alarm, sums: Points) -> Callable[[Points, int], bool]:
    """Return a test for whether the alarm's period that ends at a point breaches its threshold.

    Raises NotApplicableError without a threshold or points.
    """
    if not has_threshold(alarm) or not sums:
        raise NotApplicableError("the alarm has no threshold, or its series no points")
    falling = (alarm.comparison or "").startswith("Less")
    total = sum if alarm.statistic == "Sum" else min if falling else max

    def breach(series: Points, end: int) -> bool:
        start = end - alarm.period_seconds
        return breaches(alarm, total(v for at, v in series.items() if start < at <= end))

    return breach


def _share(breached: Callable[[Points, int], bool], series: Points) -> float:
    """Return the share of these points that end a breaching period."""
    return sum(breached(series, at) for at in series) / len(series) if series else 0.0


def _candidates_bearing(bundle: Bundle) -> list[ActionId]:
    """Return the candidates on the alarmed resources or their dependencies."""
    alarmed_resources = set(bundle.alarms[0].resources)
    return [
        c.id
        for c in bundle.candidates
        if addressed_failures(c) != "depth"
        and alarmed_resources & set(caller_distances(bundle, c.resource))
    ]
