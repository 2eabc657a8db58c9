"""What a resource did before the onset and after it: requests, failures, how long they took."""

from collections.abc import Iterable
from math import isfinite
from typing import Final, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Measure, Series

Points = dict[int, float]
"""Start of the period → value."""
DENSE: Final = 0.5
"""The share of request periods with an error count from which on a missing one is a gap."""
COUNTS: Final[tuple[Measure, ...]] = ("requests", "errors", "throttles")


class Traffic(NamedTuple):
    """A window's totals. `attempts` are requests served and requests throttled."""

    periods: int
    """How many periods say how many requests there were."""
    requests: float
    errors: float
    throttles: float

    @property
    def attempts(self) -> float:
        """Return how many requests were tried."""
        return max(self.requests, self.errors) + self.throttles

    @property
    def failures(self) -> float:
        """Return how many of them did not succeed."""
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
        """Return how many requests were tried."""
        return max(self.requests, self.errors) + self.throttles

    @property
    def failures(self) -> float:
        """Return how many of them did not succeed."""
        return self.errors + self.throttles


def select(
    bundle: Bundle, resource: ResourceId, measure: Measure, version: str | None = None
) -> tuple[Series, ...]:
    """Return the series of that measure: of the version, or else of the resource as a whole.

    Where the resource as a whole has none, its versions' are returned.
    """
    found = [s for s in bundle.series if s.resource == resource and s.measure == measure]
    exact = tuple(s for s in found if s.version == version)
    return exact or (tuple(found) if version is None else ())


def total(series: Iterable[Series]) -> Points:
    """Return the series added up, period by period; a value that is no number is absent."""
    summed: Points = {}
    for one in series:
        for at, value in one.points:
            if isfinite(value):
                summed[at] = summed.get(at, 0.0) + max(0.0, value)
    return summed


def points(
    bundle: Bundle, resource: ResourceId, measure: Measure, version: str | None = None
) -> Points:
    """Return a resource's counts of that measure over time; a missing period is absent."""
    return total(select(bundle, resource, measure, version))


def steps(bundle: Bundle, resource: ResourceId, version: str | None = None) -> tuple[Step, ...]:
    """Return the periods that tell what the resource (or one version of it) did, oldest first.

    Where errors are published with the requests, a period that lacks its errors is not known.
    Where they are published only when there are any, like throttles, a period without has none.
    """
    requests = points(bundle, resource, "requests", version)
    errors = points(bundle, resource, "errors", version)
    throttles = points(bundle, resource, "throttles", version)
    always = DENSE * len(requests) <= len(set(errors) & set(requests))
    known = [at for at in requests if at in errors or not always]
    return tuple(
        Step(at, requests.get(at, 0.0), errors.get(at, 0.0), throttles.get(at, 0.0))
        for at in sorted({*known, *(at for at in throttles if at not in requests)})
    )


def traffic(
    bundle: Bundle, resource: ResourceId, start: float, end: float, version: str | None = None
) -> Traffic:
    """Return what the resource (or one version of it) did in [start, end)."""
    return add_up(steps(bundle, resource, version), start, end)


def add_up(told: Iterable[Step], start: float, end: float) -> Traffic:
    """Return the totals of the periods that start in [start, end)."""
    within = [step for step in told if start <= step.at < end]
    return Traffic(
        len(within),
        sum(step.requests for step in within),
        sum(step.errors for step in within),
        sum(step.throttles for step in within),
    )


def alarmed(bundle: Bundle) -> Points:
    """Return the series that the first alarm watches; else the errors of its resources."""
    watched = [s for s in bundle.series if s.alarmed]
    first = [s for s in watched if s.resource in bundle.alarms[0].resources]
    found = total((first or watched)[:1])
    for resource in bundle.alarms[0].resources:
        found = found or points(bundle, resource, "errors")
    return found


def before_and_after(
    bundle: Bundle, resource: ResourceId, version: str | None = None
) -> tuple[Traffic, Traffic]:
    """Return the resource's traffic before the bundle's onset and from it on."""
    told, end = steps(bundle, resource, version), bundle.taken_at.timestamp() + 1
    return add_up(told, 0, bundle.onset), add_up(told, bundle.onset, end)


def measured(bundle: Bundle) -> tuple[ResourceId, ...]:
    """Return the resources that have request, error or throttle series, in a stable order."""
    return tuple(sorted({s.resource for s in bundle.series if s.measure in COUNTS}))


def versions(bundle: Bundle, resource: ResourceId) -> tuple[str, ...]:
    """Return the versions that the resource has series of."""
    return tuple(sorted({s.version for s in bundle.series if s.resource == resource and s.version}))
