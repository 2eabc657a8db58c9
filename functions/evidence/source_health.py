"""Status of each source: failed and stale ones are gaps; one that is not configured is absent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from functions.evidence.collected import LogSummary
from functions.evidence.parallel_calls import CallFailure
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Series, Source, SourceName, Vanished, vanished_lately

STALE_PERIODS: Final = 5
DELIVERY_SECONDS: Final = 120
"""Delay of CloudWatch's newest point that is normal."""
LOGS_BEHIND_SECONDS: Final = 300
LAST_LOOK_SECONDS: Final = 900
"""Older than this, the inventory's previous snapshot cannot date a change."""
_MOST_DETAIL: Final = 400
_SILENT: Final = "no lines, though it served requests"


def absent(name: SourceName) -> Source:
    """Return the status of a source that is not configured."""
    return Source(name=name, status="absent")


def from_failures(name: SourceName, failures: Iterable[str]) -> Source:
    """Return `failed` with the reasons, or `ok` when there are none."""
    reasons = sorted(set(failures))
    return _source(name, "failed" if reasons else "ok", detail="; ".join(reasons))


def metrics(
    answer: Sequence[Series] | CallFailure, resources: Sequence[ResourceId], now: datetime
) -> Source:
    """Return the status of metrics by the alarmed resources' newest point; `failed` without one."""
    if isinstance(answer, CallFailure):
        return _source("metrics", "failed", detail=answer.reason)
    ends = {
        (s.points[-1][0] + s.period_seconds, s.period_seconds)
        for s in answer
        if s.points and (s.resource in resources or s.alarmed)
    }
    if not ends:
        return _source("metrics", "failed", detail=f"no data of {', '.join(resources)}")
    newest, period = max(ends)
    age = max(0, int(now.timestamp()) - newest)
    stale = age > STALE_PERIODS * period + DELIVERY_SECONDS
    return _source("metrics", "stale" if stale else "ok", age)


def logs(
    answers: Mapping[ResourceId, LogSummary | CallFailure],
    expected: Iterable[ResourceId],
    served: Mapping[ResourceId, int],
    now: datetime,
) -> tuple[Source, ...]:
    """Return the status of the log groups. `served`: the time of each resource's last request.

    `expected`: the resources that log what they serve: a silent group while they serve requests is
    a gap. One whose newest line is well behind the requests is stale. Each gap names its resources,
    so that it costs only the candidates that need them; both kinds at once are two gaps.
    """
    if not answers:
        return (absent("logs"),)
    newest = {r: a.newest for r, a in answers.items() if isinstance(a, LogSummary)}
    times = [at for at in newest.values() if at is not None]
    age = int(now.timestamp() - max(times)) if times else None
    failed = {r: a.reason for r, a in answers.items() if isinstance(a, CallFailure)}
    failed |= {r: _SILENT for r in expected if _silent(r, newest, served)}
    behind = sorted(r for r, at in newest.items() if at is not None and _behind(at, served.get(r)))
    gaps = []
    if failed:
        reasons = "; ".join(f"{r}: {reason}" for r, reason in sorted(failed.items()))
        gaps.append(_source("logs", "failed", age, reasons, failed))
    if behind:
        gaps.append(_source("logs", "stale", age, f"behind: {', '.join(behind)}", behind))
    return tuple(gaps) or (_source("logs", "ok", age),)


def _silent(
    resource: ResourceId,
    newest: Mapping[ResourceId, float | None],
    served: Mapping[ResourceId, int],
) -> bool:
    return resource in served and resource in newest and newest[resource] is None


def _behind(newest: float, served: int | None) -> bool:
    return served is not None and served - newest > LOGS_BEHIND_SECONDS


def states(failures: Iterable[str], vanished: Iterable[Vanished], onset: int) -> Source:
    """Return the status of settings: `failed` too where a resource vanished lately.

    Then nothing of it can be compared or put back, and its absence competes with every candidate.
    """
    gone = [one.gap() for one in vanished_lately(vanished, onset)]
    return from_failures("state", [*failures, *gone])


def changes(
    failures: Iterable[str],
    last_looks: Mapping[ResourceId, float | None],
    now: datetime,
    unknown_authors: str = "",
) -> Source:
    """Return the status of changes: `stale` where no recent snapshot precedes this one.

    `unknown_authors`: the reason why the audit trail could not be read. That is no gap: the changes
    are known all the same, only not their authors.
    """
    reasons = sorted(set(failures))
    ages = [int(now.timestamp() - at) for at in last_looks.values() if at is not None]
    oldest = max((max(0, age) for age in ages), default=None)
    first = sorted(r for r, at in last_looks.items() if at is None)
    if reasons:
        return _source("changes", "failed", oldest, "; ".join(reasons))
    if first:
        return _source("changes", "stale", oldest, f"seen for the first time: {', '.join(first)}")
    if oldest is not None and oldest > LAST_LOOK_SECONDS:
        return _source("changes", "stale", oldest)
    authors = f"authors of changes, audit trail: {unknown_authors}" if unknown_authors else ""
    return _source("changes", "ok", oldest, authors)


def _source(
    name: SourceName,
    status: Literal["ok", "stale", "failed"],
    age_seconds: int | None = None,
    detail: str = "",
    resources: Iterable[ResourceId] = (),
) -> Source:
    return Source(
        name=name,
        status=status,
        age_seconds=None if age_seconds is None else max(0, age_seconds),
        detail=detail[:_MOST_DETAIL],
        resources=tuple(sorted(resources)),
    )
