"""Track record of a rollback target: its traffic and failures, read from the frozen evidence."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Final, Literal, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Candidate, Change, Series
from quorum.domain.rollback_pins import GOES_BACK
from quorum.domain.statistics import wilson

MIN_REQUESTS: Final = 20
DEFAULT_OBJECTIVE: Final = 0.99

TrackVerdict = Literal["healthy", "better", "unhealthy", "unknown"]
WORST_FIRST: Final[tuple[TrackVerdict, ...]] = ("unhealthy", "better", "healthy")


class RequestCounts(NamedTuple):
    """Requests served, and how many of them failed."""

    requests: float
    errors: float


class TrackRecord(NamedTuple):
    """A target's verdict with its request and error counts in the evidence.

    A target that missed its objective is `better` if it failed clearly less than the current
    version: a person may still approve going back to it.
    """

    verdict: TrackVerdict
    requests: float
    errors: float


def track_record(bundle: Bundle, candidate: Candidate) -> TrackRecord | None:
    """Return the target's record; None for a verb that goes back to no former version.

    All series of the target's own version count. Without such series, the traffic of the resource
    (or of its callers, if it has none) counts for the time in which the target was in force. Points
    from log lines do not count: the function itself could have written them.
    """
    bundle = bundle.delivered()
    what, resource = GOES_BACK.get(candidate.verb), candidate.resource
    if what is None:
        return None
    target, now = (str(candidate.parameters.get(f"{end}_{what}")) for end in ("to", "from"))
    own, current = (
        _count_requests(s for s in bundle.series if (s.resource, s.version) == (resource, version))
        for version in (target, now)
    )
    if own.requests:
        return _judge(bundle, {resource: (own, current)})
    change = _ending_change(bundle, candidate, target)
    watched = _measured_resources(bundle, resource)
    if change is None or not watched:
        return TrackRecord("unknown", 0, 0)
    return _judge(bundle, {one: _before_and_since(bundle, one, change) for one in watched})


def _judge(
    bundle: Bundle, resources: Mapping[ResourceId, tuple[RequestCounts, RequestCounts]]
) -> TrackRecord:
    """Return the record of then against now; the worst resource decides the verdict."""
    verdicts = {
        _verdict(then, now, 1 - bundle.objectives.get(resource, DEFAULT_OBJECTIVE))
        for resource, (then, now) in resources.items()
    }
    requests = sum(then.requests for then, _ in resources.values())
    errors = sum(then.errors for then, _ in resources.values())
    worst = next(verdict for verdict in WORST_FIRST if verdict in verdicts)
    return TrackRecord("unknown" if requests < MIN_REQUESTS else worst, requests, errors)


def _verdict(then: RequestCounts, now: RequestCounts, budget: float) -> TrackVerdict:
    failed = wilson(then.errors, then.requests)
    if failed.lower <= budget:  # two failures of a hundred do not break an objective of 99 %
        return "healthy"
    return "better" if failed.upper < wilson(now.errors, now.requests).lower else "unhealthy"


def _before_and_since(
    bundle: Bundle, resource: ResourceId, change: Change
) -> tuple[RequestCounts, RequestCounts]:
    """Return the resource's counts before and since the change."""
    series = _resource_series([s for s in bundle.series if s.resource == resource])
    return _count_requests(series, end=change.not_before), _count_requests(series, start=change.at)


def _count_requests(
    series: Iterable[Series], start: float = -inf, end: float = inf
) -> RequestCounts:
    """Return the sums over the whole periods between the times, in epoch seconds."""
    total = dict.fromkeys(("requests", "errors"), 0.0)
    for s in series:
        if s.statistic == "Sum" and s.measure in total:
            total[s.measure] += sum(
                value for at, value in s.points if start <= at and at + s.period_seconds <= end
            )
    return RequestCounts(**total)


def _resource_series(series: list[Series]) -> list[Series]:
    """Return the resource's unversioned series, or its versions' if it has none."""
    whole = [s for s in series if s.version is None]
    return whole if any(s.measure == "requests" for s in whole) else series


def _ending_change(bundle: Bundle, candidate: Candidate, version: str) -> Change | None:
    """Return the cited change that replaced the target."""
    cited = [
        c
        for c in bundle.changes
        if c.id in candidate.cites and c.resource == candidate.resource and str(c.before) == version
    ]
    return max(cited, key=lambda c: c.at, default=None)


def _measured_resources(bundle: Bundle, resource: str) -> list[str]:
    measured = {s.resource for s in bundle.series if s.measure == "requests" and s.points}
    if resource in measured:
        return [resource]
    callers = {edge.caller for edge in bundle.trusted_edges() if edge.callee == resource}
    return sorted(callers & measured)
