"""Whether a fault is over, of which a queue's dead letters were left. From the frozen evidence."""

from functions.executor.track_record import DEFAULT_OBJECTIVE
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Measure
from quorum.domain.statistics import wilson

RECENT_SECONDS = 300
LEAST_PERIODS = 3


def still_failing(bundle: Bundle, queue: ResourceId) -> list[ResourceId]:
    """Return who sends to the queue or takes from it, and lately failed more than it may.

    Lately is the last five minutes of the evidence, and three periods at least. Who is not
    measured, or had no request, is not among them.
    """
    beside = {e.caller for e in bundle.edges if e.callee == queue}
    beside |= {e.callee for e in bundle.edges if e.caller == queue}
    return [resource for resource in sorted(beside) if _fails(bundle, resource)]


def _fails(bundle: Bundle, resource: ResourceId) -> bool:
    throttled = _lately(bundle, resource, "throttles")
    failed = _lately(bundle, resource, "errors") + throttled
    attempts = _lately(bundle, resource, "requests") + throttled
    allowed = 1 - bundle.objectives.get(resource, DEFAULT_OBJECTIVE)
    return attempts > 0 and wilson(min(failed, attempts), attempts).lower > allowed


def _lately(bundle: Bundle, resource: ResourceId, measure: Measure) -> float:
    series = [
        s
        for s in bundle.series
        if (s.resource, s.measure, s.statistic) == (resource, measure, "Sum")
    ]
    whole = [s for s in series if s.version is None] or series
    end = bundle.taken_at.timestamp()
    return sum(
        value
        for s in whole
        for at, value in s.points
        if at >= end - max(RECENT_SECONDS, LEAST_PERIODS * s.period_seconds)
    )
