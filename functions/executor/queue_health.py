"""Health of a queue's producers and consumers, read from the frozen evidence."""

from functions.executor.track_record import DEFAULT_OBJECTIVE
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Measure
from quorum.domain.statistics import wilson

RECENT_SECONDS = 300
MIN_PERIODS = 3


def still_failing(bundle: Bundle, queue: ResourceId) -> list[ResourceId]:
    """Return the queue's producers and consumers that recently missed their objective.

    Recent means the last RECENT_SECONDS of the evidence, and at least MIN_PERIODS periods. A
    resource without metrics or requests is left out.
    """
    bundle = bundle.delivered()
    neighbours = {e.caller for e in bundle.edges if e.callee == queue}
    neighbours |= {e.callee for e in bundle.edges if e.caller == queue}
    return [resource for resource in sorted(neighbours) if _fails(bundle, resource)]


def _fails(bundle: Bundle, resource: ResourceId) -> bool:
    throttled = _recent_total(bundle, resource, "throttles")
    failed = _recent_total(bundle, resource, "errors") + throttled
    attempts = _recent_total(bundle, resource, "requests") + throttled
    allowed = 1 - bundle.objectives.get(resource, DEFAULT_OBJECTIVE)
    return attempts > 0 and wilson(min(failed, attempts), attempts).lower > allowed


def _recent_total(bundle: Bundle, resource: ResourceId, measure: Measure) -> float:
    series = [
        s
        for s in bundle.series
        if (s.resource, s.measure, s.statistic) == (resource, measure, "Sum")
    ]
    unversioned = [s for s in series if s.version is None] or series
    end = bundle.taken_at.timestamp()
    return sum(
        value
        for s in unversioned
        for at, value in s.points
        if at >= end - max(RECENT_SECONDS, MIN_PERIODS * s.period_seconds)
    )
