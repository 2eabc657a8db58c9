"""Has what we would go back to served healthy traffic? Read from the frozen evidence alone."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Final, Literal, NamedTuple

from quorum.domain.base import ResourceId
from quorum.domain.evidence import Bundle, Candidate, Change, Series
from quorum.domain.rollback_pins import GOES_BACK
from quorum.domain.statistics import wilson

ENOUGH_REQUESTS: Final = 20
DEFAULT_OBJECTIVE: Final = 0.99

Verdict = Literal["healthy", "better", "unhealthy", "unknown"]
WORST_FIRST: Final[tuple[Verdict, ...]] = ("unhealthy", "better", "healthy")


class Tally(NamedTuple):
    """What was served, and how much of it failed."""

    requests: float
    errors: float


class Record(NamedTuple):
    """How the target did: `requests` and `errors` that it served, as far as the evidence tells.

    A target that broke its objective is `better` when it clearly failed less than what is in force
    now: whoever knows more may go back to it all the same.
    """

    verdict: Verdict
    requests: float
    errors: float


def track_record(bundle: Bundle, candidate: Candidate) -> Record | None:
    """Return the target's record; None for a verb that goes back to nothing.

    Series of the target's own version count for all their time; without such, the traffic of the
    resource (or of its callers, when it has none) while the target was in force.
    """
    what, resource = GOES_BACK.get(candidate.verb), candidate.resource
    if what is None:
        return None
    target, now = (str(candidate.parameters.get(f"{end}_{what}")) for end in ("to", "from"))
    own, current = (
        _tally(s for s in bundle.series if (s.resource, s.version) == (resource, version))
        for version in (target, now)
    )
    if own.requests:
        return _judge(bundle, {resource: (own, current)})
    change = _ended(bundle, candidate, target)
    watched = _watched(bundle, resource)
    if change is None or not watched:
        return Record("unknown", 0, 0)
    return _judge(bundle, {one: _around(bundle, one, change) for one in watched})


def _judge(bundle: Bundle, resources: Mapping[ResourceId, tuple[Tally, Tally]]) -> Record:
    """Judge what was served then, beside what is served now: the worst resource counts."""
    verdicts = {
        _verdict(then, now, 1 - bundle.objectives.get(resource, DEFAULT_OBJECTIVE))
        for resource, (then, now) in resources.items()
    }
    requests = sum(then.requests for then, _ in resources.values())
    errors = sum(then.errors for then, _ in resources.values())
    worst = next(verdict for verdict in WORST_FIRST if verdict in verdicts)
    return Record("unknown" if requests < ENOUGH_REQUESTS else worst, requests, errors)


def _verdict(then: Tally, now: Tally, budget: float) -> Verdict:
    failed = wilson(then.errors, then.requests)
    if failed.lower <= budget:  # two failures of a hundred do not break an objective of 99 %
        return "healthy"
    return "better" if failed.upper < wilson(now.errors, now.requests).lower else "unhealthy"


def _around(bundle: Bundle, resource: ResourceId, change: Change) -> tuple[Tally, Tally]:
    """Return what the resource served before the change, and since."""
    series = _whole([s for s in bundle.series if s.resource == resource])
    return _tally(series, end=change.not_before), _tally(series, start=change.at)


def _tally(series: Iterable[Series], start: float = -inf, end: float = inf) -> Tally:
    """Add up the whole periods between the times."""
    total = dict.fromkeys(("requests", "errors"), 0.0)
    for s in series:
        if s.statistic == "Sum" and s.measure in total:
            total[s.measure] += sum(
                value for at, value in s.points if start <= at and at + s.period_seconds <= end
            )
    return Tally(**total)


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
