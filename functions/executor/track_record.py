"""Has what we would go back to served healthy traffic? Read from the frozen evidence alone."""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from functions.shared.domain.evidence import Bundle, Candidate, Change, Series
from functions.shared.domain.wilson import wilson

ENOUGH_REQUESTS: Final = 20
DEFAULT_OBJECTIVE: Final = 0.99
UNDER_WAY_SECONDS: Final = 10
"""What a version had begun when the traffic moved on ends within it, slow or timed out: it then
meets whatever changed at the same time. A coarser series hardly shows it, and is taken whole."""
TARGET_PARAMETER: Final = {
    "lambda.rollback_alias": "to_version",
    "ssm.restore_parameter": "to_version",
    "ecs.rollback_service": "to_task_definition",
}
"""The verbs that go back to something, and which parameter says to what."""


class Record(NamedTuple):
    """How the target did: `requests` and `errors` that it served, as far as the evidence tells."""

    verdict: Literal["healthy", "unhealthy", "unknown"]
    requests: float
    errors: float


def track_record(bundle: Bundle, candidate: Candidate) -> Record | None:
    """Return the target's record; None for a verb that goes back to nothing.

    Series of the target's own version count for all their time but what was under way when another
    took over; without such, the traffic of the resource (or of its callers, when it has none) while
    the target was in force.
    """
    parameter = TARGET_PARAMETER.get(candidate.verb)
    if parameter is None:
        return None
    version = str(candidate.parameters.get(parameter))
    versions = [s for s in bundle.series if s.resource == candidate.resource and s.version]
    own = [s for s in versions if s.version == version]
    if _requests(own, None):
        return _judge(bundle, [candidate.resource], _finished(own, versions), None)
    change = _ended(bundle, candidate, version)
    watched = _watched(bundle, candidate.resource)
    if change is None or not watched:
        return Record("unknown", 0, 0)
    series = [s for s in bundle.series if s.resource in watched]
    return _judge(bundle, watched, series, change.not_before)


def _finished(own: list[Series], versions: list[Series]) -> list[Series]:
    """Leave out the last seconds of a version that serves no longer, where another one does."""
    last = _served_until(own)
    if last == _served_until(versions):
        return own
    settled = last - UNDER_WAY_SECONDS
    return [
        s.model_copy(update={"points": tuple(p for p in s.points if p[0] < settled)}) for s in own
    ]


def _served_until(series: Iterable[Series]) -> int:
    return max(
        (
            at + s.period_seconds
            for s in series
            if s.measure == "requests"
            for at, value in s.points
            if value
        ),
        default=0,
    )


def _judge(
    bundle: Bundle, resources: list[str], series: list[Series], before: int | None
) -> Record:
    requests = errors = 0.0
    healthy = True
    for resource in resources:
        here = _whole([s for s in series if s.resource == resource])
        served, failed = _requests(here, before), _count(here, "errors", before)
        budget = 1 - bundle.objectives.get(resource, DEFAULT_OBJECTIVE)
        # two failures of a hundred do not break an objective of 99 %
        healthy = healthy and wilson(failed, served).lower <= budget
        requests, errors = requests + served, errors + failed
    if requests < ENOUGH_REQUESTS:
        return Record("unknown", requests, errors)
    return Record("healthy" if healthy else "unhealthy", requests, errors)


def _requests(series: Iterable[Series], before: int | None) -> float:
    return _count(series, "requests", before)


def _count(series: Iterable[Series], measure: str, before: int | None) -> float:
    return sum(
        value
        for s in series
        if s.measure == measure and s.statistic == "Sum"
        for at, value in s.points
        if before is None or at + s.period_seconds <= before
    )


def _whole(series: list[Series]) -> list[Series]:
    """Return the series of the resource as a whole; its versions' where it has no such."""
    whole = [s for s in series if s.version is None]
    return whole if any(s.measure == "requests" for s in whole) else series


def _ended(bundle: Bundle, candidate: Candidate, version: str) -> Change | None:
    """Return the cited change that ended the target's time."""
    cited = [
        c
        for c in bundle.changes
        if c.id in candidate.cites and c.resource == candidate.resource and str(c.before) == version
    ]
    return max(cited, key=lambda c: c.at, default=None)


def _watched(bundle: Bundle, resource: str) -> list[str]:
    measured = {s.resource for s in bundle.series if s.measure == "requests" and s.points}
    if resource in measured:
        return [resource]
    callers = {edge.caller for edge in bundle.edges if edge.callee == resource}
    return sorted(callers & measured)
