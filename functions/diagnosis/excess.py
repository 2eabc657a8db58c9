"""How much more than usual each resource failed or made its callers wait, period by period.

Failures add up, and so do seconds: a caller's excess is the sum of its callees' and its own. So
both are amounts per period (requests times what each brought), not ratios and not percentiles.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from statistics import median
from typing import Final, Literal

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Series, Statistic
from quorum.seats.signals.traffic import Points, Step, measured, steps

Quantity = Literal["failures", "waiting"]
"""Failed requests per period; seconds (or the series' unit) spent per period."""
TYPICAL: Final[tuple[Statistic, ...]] = ("Average", "p50", "p90", "p95", "p99", "Maximum")
"""What stands for the time of one request: the mean, or else the nearest to it that there is."""
LEAST: Final = 3
"""Periods before the onset without which nothing is usual."""


def quantity(bundle: Bundle) -> Quantity:
    """Return what the alarm is about: waiting when it watches a latency, else failures."""
    watched = {s.measure for s in bundle.series if s.alarmed}
    return "waiting" if watched == {"latency"} else "failures"


def told(bundle: Bundle) -> dict[ResourceId, tuple[Step, ...]]:
    """Return what each resource did, period by period."""
    return {resource: steps(bundle, resource) for resource in measured(bundle)}


def excesses(
    bundle: Bundle, of: Quantity, did: Mapping[ResourceId, tuple[Step, ...]]
) -> dict[ResourceId, Points]:
    """Return each resource's amounts above its usual share (or time) of a request, times requests.

    Usual is the median before the onset; 0 where a resource tells nothing but its failures. Others
    without enough of a past are left out, and periods in which nobody told the requests.
    """
    found = {}
    for resource, each in did.items():
        asked = {step.at: step.attempts for step in each}
        values = _shares(each) if of == "failures" else _times(bundle, resource)
        past = [value for at, value in values.items() if at < bundle.onset]
        silent = of == "failures" and not any(step.requests for step in each)
        if len(past) >= LEAST or silent:
            usual = 0.0 if silent else median(past)
            found[resource] = {
                at: (value - usual) * asked[at] for at, value in values.items() if at in asked
            }
    return found


def _shares(each: Iterable[Step]) -> Points:
    return {s.at: s.failures / s.attempts if s.attempts > 0 else 0.0 for s in each}


def _times(bundle: Bundle, resource: ResourceId) -> Points:
    """Return the time of a typical request; of several versions the one that comes first."""
    series = [s for s in bundle.series if s.resource == resource and s.measure == "latency"]
    known = [s for s in series if s.statistic in TYPICAL and s.points]
    chosen = min(known, key=_preference).points if known else ()
    return {at: value for at, value in chosen if isfinite(value)}


def _preference(series: Series) -> tuple[int, str, str]:
    return TYPICAL.index(series.statistic), series.version or "", series.id
