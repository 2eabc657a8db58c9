"""Traffic of a resource before and after the onset: requests, failures, latency."""

from collections.abc import Iterable
from itertools import pairwise
from math import isfinite
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Measure, Series
from quorum.domain.evidence_times import is_complete

Points = dict[int, float]
"""Start of the period → value."""
DENSE: Final = 0.5
"""Minimum share of request periods with an error count for a missing one to count as a gap."""
COUNTS: Final[tuple[Measure, ...]] = ("requests", "errors", "throttles")


class Traffic(NamedTuple):
    """Totals of a window. `attempts` are served requests plus throttled ones."""

    periods: int
    """The number of periods with a request count."""
    requests: float
    errors: float
    throttles: float

    @property
    def attempts(self) -> float:
        """Return the number of attempted requests."""
        return max(self.requests, self.errors) + self.throttles

    @property
    def failures(self) -> float:
        """Return the number of failed attempts."""
        return self.errors + self.throttles

    @property
    def ratio(self) -> float:
        """Return the share of attempts that failed; 0 without attempts."""
        return self.failures / self.attempts if self.attempts > 0 else 0.0


class Step(NamedTuple):
    """One period of a resource, or of one version of it."""

    at: int
    requests: float
    errors: float
    throttles: float

    @property
    def attempts(self) -> float:
        """Return the number of attempted requests."""
        return max(self.requests, self.errors) + self.throttles

    @property
    def failures(self) -> float:
        """Return the number of failed attempts."""
        return self.errors + self.throttles


def select(
    bundle: Bundle, resource: ResourceId, measure: Measure, version: str | None = None
) -> tuple[Series, ...]:
    """Return the series of that measure: of the version, or else of the resource as a whole.

    If the resource as a whole has none, all of its versions' series are returned.
    """
    matching = [s for s in bundle.series if s.resource == resource and s.measure == measure]
    exact = tuple(s for s in matching if s.version == version)
    return exact or (tuple(matching) if version is None else ())


def total(series: Iterable[Series]) -> Points:
    """Return the sum of the series per period; values that are not finite are left out."""
    summed: Points = {}
    for item in series:
        for at, value in item.points:
            if isfinite(value):
                summed[at] = summed.get(at, 0.0) + max(0.0, value)
    return summed


def points(
    bundle: Bundle, resource: ResourceId, measure: Measure, version: str | None = None
) -> Points:
    """Return a resource's counts of that measure over time; a missing period is absent."""
    return total(select(bundle, resource, measure, version))


def complete_points(bundle: Bundle, series: Points) -> Points:
    """Return the points of those periods that are complete by the time of the evidence."""
    period, now = period_of(series), bundle.taken_at.timestamp()
    return {at: value for at, value in series.items() if is_complete(at, period, now)}


def period_of(series: Iterable[int]) -> int:
    """Return the seconds from one point to the next, the fewest; 1 with fewer than two points."""
    return min((b - a for a, b in pairwise(sorted(series))), default=1)


def steps(bundle: Bundle, resource: ResourceId, version: str | None = None) -> tuple[Step, ...]:
    """Return the periods with known traffic of the resource (or one version of it), oldest first.

    If errors are published with the requests, a period without errors is unknown. If they are only
    published when there are any, like throttles, a period without them has none.
    """
    requests = points(bundle, resource, "requests", version)
    errors = points(bundle, resource, "errors", version)
    throttles = points(bundle, resource, "throttles", version)
    always_published = _always_published(requests, errors)
    complete = [at for at in requests if at in errors or not always_published]
    return tuple(
        Step(at, requests.get(at, 0.0), errors.get(at, 0.0), throttles.get(at, 0.0))
        for at in sorted({*complete, *(at for at in throttles if at not in requests)})
    )


def traffic(
    bundle: Bundle, resource: ResourceId, start: float, end: float, version: str | None = None
) -> Traffic:
    """Return the traffic of the resource (or one version of it) in [start, end)."""
    return add_up(steps(bundle, resource, version), start, end)


def add_up(periods: Iterable[Step], start: float, end: float) -> Traffic:
    """Return the totals of the periods that start in [start, end)."""
    inside = [step for step in periods if start <= step.at < end]
    return Traffic(
        len(inside),
        sum(step.requests for step in inside),
        sum(step.errors for step in inside),
        sum(step.throttles for step in inside),
    )


def alarmed(bundle: Bundle) -> Points:
    """Return the series that the first alarm watches, or else the errors of its resources.

    If errors or throttles are only published when there are any, a period with requests and without
    them has none.
    """
    watched = [s for s in bundle.series if s.alarmed]
    first = [s for s in watched if s.resource in bundle.alarms[0].resources]
    for series in (first or watched)[:1]:
        if found := total([series]):
            return _with_silent_periods(bundle, series, found)
    summed: Points = {}
    for resource in bundle.alarms[0].resources:
        summed = summed or points(bundle, resource, "errors")
    return summed


def _with_silent_periods(bundle: Bundle, series: Series, found: Points) -> Points:
    """Return the points with a zero for each period in which a count was silent."""
    requests = points(bundle, series.resource, "requests", series.version)
    if series.measure not in {"errors", "throttles"} or _always_published(requests, found):
        return found
    return dict.fromkeys(requests, 0.0) | found


def _always_published(requests: Points, counts: Points) -> bool:
    """Return whether a count is published with the requests, and not only when there is one."""
    return DENSE * len(requests) <= len(set(counts) & set(requests))


def before_and_after(
    bundle: Bundle, resource: ResourceId, version: str | None = None
) -> tuple[Traffic, Traffic]:
    """Return the resource's traffic before the bundle's onset and from it on."""
    periods, end = steps(bundle, resource, version), bundle.taken_at.timestamp() + 1
    return add_up(periods, 0, bundle.onset), add_up(periods, bundle.onset, end)


def measured(bundle: Bundle) -> tuple[ResourceId, ...]:
    """Return the resources that have request, error or throttle series, in a stable order."""
    return tuple(sorted({s.resource for s in bundle.series if s.measure in COUNTS}))


def versions(bundle: Bundle, resource: ResourceId) -> tuple[str, ...]:
    """Return the resource's versions that have series."""
    return tuple(sorted({s.version for s in bundle.series if s.resource == resource and s.version}))
