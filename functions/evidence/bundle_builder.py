"""Build the evidence bundle: pure, and independent of the order in which sources answered."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from functions.evidence import source_health
from functions.evidence.collected import CollectedEvidence, LogSummary
from functions.evidence.parallel_calls import CallFailure
from functions.evidence.windows import onset
from quorum.domain.base import ResourceId
from quorum.domain.events import affected
from quorum.domain.evidence import Alarm, Bundle, LogTemplate, Series, Source, SourceName, Spread
from quorum.domain.scope import within
from quorum.domain.topology import ServiceMap
from quorum.services.rows import kind_of

MOST_TEMPLATES: Final = 200
NEEDED: Final[tuple[SourceName, ...]] = ("changes", "logs", "metrics", "state", "topology")
"""The sources that every stage has."""


def build_bundle(
    incident_id: str, round_: int, found: CollectedEvidence, taken_at: datetime
) -> Bundle:
    """Return the bundle of the round from the collected evidence."""
    series = () if isinstance(found.series, CallFailure) else found.series
    return Bundle(
        incident_id=incident_id,
        round=round_,
        taken_at=taken_at,
        alarms=found.alarms,
        onset=found.onset,
        series=tuple(sorted(series, key=lambda s: s.id)),
        templates=_templates(found),
        changes=found.newest_changes(),
        edges=within(found.edges(), found.scope),
        states=found.known_states(),
        sources=_sources(found, taken_at),
        candidates=() if isinstance(found.candidates, CallFailure) else found.candidates,
        objectives=_objectives(found),
        spread=_spread(found),
        vanished=found.vanished(),
    )


def empty_bundle(
    incident_id: str, round_: int, alarms: tuple[Alarm, ...], taken_at: datetime, reason: str
) -> Bundle:
    """Return the bundle of a round whose evidence could not be collected, with the reason."""
    failed = source_health.from_failures
    return Bundle(
        incident_id=incident_id,
        round=round_,
        taken_at=taken_at,
        alarms=alarms,
        onset=onset(alarms[0], ()),
        sources=tuple(failed(name, [reason]) for name in NEEDED),
    )


def _templates(found: CollectedEvidence) -> tuple[LogTemplate, ...]:
    logs = [found.logs[resource] for resource in found.scope if resource in found.logs]
    mined = [t for one in logs if not isinstance(one, CallFailure) for t in one.templates]
    return tuple(sorted(mined[:MOST_TEMPLATES], key=lambda template: template.id))


def _spread(found: CollectedEvidence) -> tuple[Spread, ...]:
    return tuple(
        one
        for resource in found.scope
        if isinstance(logged := found.logs.get(resource), LogSummary)
        for one in logged.spread
    )


def _objectives(found: CollectedEvidence) -> dict[str, float]:
    services = ((r, found.service(r)) for r in found.scope)
    return {r: service.success_objective for r, service in services if service is not None}


def _sources(found: CollectedEvidence, now: datetime) -> tuple[Source, ...]:
    sources = (*_graph(found), _metrics(found, now), *_logs(found, now), *_settings(found, now))
    return tuple(sorted(sources, key=lambda source: (source.name, source.status)))


def _graph(found: CollectedEvidence) -> Iterator[Source]:
    if found.service_map == ServiceMap():
        yield source_health.absent("topology")
    else:
        yield source_health.from_failures("topology", _reasons({"map": found.service_map}))
    if found.traces is None:
        yield source_health.absent("traces")
    else:
        yield source_health.from_failures("traces", _reasons({"map": found.traces}))


def _metrics(found: CollectedEvidence, now: datetime) -> Source:
    answer: tuple[Series, ...] | CallFailure = (
        found.alarm_points if isinstance(found.alarm_points, CallFailure) else found.series
    )
    if not isinstance(answer, CallFailure):
        answer = tuple(one.delivered() for one in answer)
    return source_health.metrics(answer, affected(found.alarms), now)


def _logs(found: CollectedEvidence, now: datetime) -> tuple[Source, ...]:
    expected = [resource for resource in found.logs if _logs_requests(found, resource)]
    return source_health.logs(found.logs, expected, _served(found), now)


def _logs_requests(found: CollectedEvidence, resource: ResourceId) -> bool:
    """Return whether the resource has log lines once it serves requests.

    Its log group is declared, or its service writes a line per request.
    """
    service, kind = found.service(resource), kind_of(resource)
    declared = service is not None and service.log_group is not None
    return declared or (kind is not None and kind.logs_requests)


def _served(found: CollectedEvidence) -> dict[ResourceId, int]:
    """Return the time of each resource's last request, by its series."""
    series = () if isinstance(found.series, CallFailure) else found.series
    times = [
        (at, s.resource)
        for s in series
        if s.measure == "requests"
        for at, value in s.points
        if value > 0
    ]
    return {resource: at for at, resource in sorted(times)}


def _settings(found: CollectedEvidence, now: datetime) -> Iterator[Source]:
    yield source_health.states(_reasons(found.states), found.vanished(), found.onset)
    looks = {
        r: answer[1]
        for r, answer in found.changes.items()
        if not isinstance(answer, CallFailure) and found.state(r) is not None
    }
    failures = (*_reasons(found.changes), *_reasons({"candidates": found.candidates}))
    unknown_authors = found.audited.reason if isinstance(found.audited, CallFailure) else ""
    yield source_health.changes(failures, looks, now, unknown_authors)


def _reasons(answers: Mapping[str, object]) -> list[str]:
    found = answers.items()
    return [f"{what}: {answer.reason}" for what, answer in found if isinstance(answer, CallFailure)]
