"""Excess of each resource over its usual failures or latency, period by period.

Failures add up, and so do seconds: a caller's excess is the sum of its callees' and its own. Both
are therefore amounts per period (requests times the share or time of each), not ratios or
percentiles.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from statistics import median
from typing import Final, Literal

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Series, Statistic
from quorum.seats.signals.traffic import Points, Step, measured, steps

Quantity = Literal["failures", "waiting"]
"""Failed requests per period; or seconds (the series' unit) spent per period."""
TYPICAL: Final[tuple[Statistic, ...]] = ("Average", "p50", "p90", "p95", "p99", "Maximum")
"""Statistics that represent the time of one request, preferred first; then any but a count."""
_COUNTED: Final = frozenset({"Sum", "SampleCount"})
MIN_PERIODS: Final = 3
"""Periods before the onset that a usual level needs."""


def quantity(bundle: Bundle) -> Quantity:
    """Return the alarm's subject: waiting if it watches a latency, else failures."""
    watched = {s.measure for s in bundle.series if s.alarmed}
    return "waiting" if watched == {"latency"} else "failures"


def steps_by_resource(bundle: Bundle) -> dict[ResourceId, tuple[Step, ...]]:
    """Return the steps of each resource, period by period."""
    return {resource: steps(bundle, resource) for resource in measured(bundle)}


def excesses(
    bundle: Bundle, of: Quantity, steps_of: Mapping[ResourceId, tuple[Step, ...]]
) -> dict[ResourceId, Points]:
    """Return each resource's amounts above its usual share (or time) per request, times requests.

    Usual is the median before the onset; 0 for a resource that reports failures only. Other
    resources with too little baseline are left out, as are periods without request counts.
    """
    amounts = {}
    for resource, each in steps_of.items():
        attempts = {step.at: step.attempts for step in each}
        values = _shares(each) if of == "failures" else _times(bundle, resource)
        past = [value for at, value in values.items() if at < bundle.onset]
        silent = of == "failures" and not any(step.requests for step in each)
        if len(past) >= MIN_PERIODS or silent:
            usual = 0.0 if silent else median(past)
            amounts[resource] = {
                at: (value - usual) * attempts[at] for at, value in values.items() if at in attempts
            }
    return amounts


def _shares(each: Iterable[Step]) -> Points:
    return {s.at: s.failures / s.attempts if s.attempts > 0 else 0.0 for s in each}


def _times(bundle: Bundle, resource: ResourceId) -> Points:
    """Return the time of a typical request; of several versions, the first one's."""
    series = [s for s in bundle.series if s.resource == resource and s.measure == "latency"]
    typical = [s for s in series if s.statistic not in _COUNTED and s.points]
    chosen = min(typical, key=_preference).points if typical else ()
    return {at: value for at, value in chosen if isfinite(value)}


def _preference(series: Series) -> tuple[int, str, str]:
    known = series.statistic in TYPICAL
    place = TYPICAL.index(series.statistic) if known else len(TYPICAL)
    return place, series.version or "", series.id
