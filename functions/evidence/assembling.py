"""From answers to the bundle: pure, and the same whatever order the answers came in."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from functions.evidence import health
from functions.evidence.answers import Answers
from functions.evidence.asking import Failed
from functions.evidence.scope import within
from functions.evidence.spread import spread
from functions.evidence.templates import mine
from functions.shared.domain.catalogue import Situation, candidates
from functions.shared.domain.events import affected
from functions.shared.domain.evidence import (
    Bundle,
    Change,
    LogTemplate,
    ResourceState,
    Source,
    Spread,
)
from functions.shared.domain.model import ResourceId
from functions.shared.domain.topology import ServiceMap

MOST_CHANGES: Final = 100
MOST_TEMPLATES: Final = 200


def assemble(incident_id: str, round_: int, found: Answers, taken_at: datetime) -> Bundle:
    """Return the bundle of the round."""
    states, changes = _states(found), _changes(found)
    series = () if isinstance(found.series, Failed) else found.series
    return Bundle(
        incident_id=incident_id,
        round=round_,
        taken_at=taken_at,
        alarms=found.alarms,
        onset=found.onset,
        series=tuple(sorted(series, key=lambda s: s.id)),
        templates=_templates(found),
        changes=changes,
        edges=within(found.edges(), found.scope),
        states=states,
        sources=_sources(found, taken_at),
        candidates=candidates(Situation(states, changes)),
        objectives=_objectives(found),
        spread=_spread(found),
    )


def _states(found: Answers) -> tuple[ResourceState, ...]:
    known = (found.state(resource) for resource in sorted(found.scope))
    return tuple(state for state in known if state is not None)


def _changes(found: Answers) -> tuple[Change, ...]:
    """Return the newest changes, each as the audit trail knows it, by id."""
    changes = {c.id: c for resource in found.scope for c in found.changes_of(resource)}
    changes |= {} if isinstance(found.audited, Failed) else {c.id: c for c in found.audited}
    newest = sorted(changes.values(), key=lambda c: (c.at, c.id), reverse=True)[:MOST_CHANGES]
    return tuple(sorted(newest, key=lambda c: c.id))


def _templates(found: Answers) -> tuple[LogTemplate, ...]:
    mined = [
        template
        for resource in found.scope
        if not isinstance(lines := found.lines.get(resource, ()), Failed)
        for template in mine(resource, lines, found.onset)
    ]
    return tuple(sorted(mined[:MOST_TEMPLATES], key=lambda template: template.id))


def _spread(found: Answers) -> tuple[Spread, ...]:
    return tuple(
        one
        for resource in found.scope
        if not isinstance(lines := found.lines.get(resource, ()), Failed)
        for one in spread(resource, lines, found.onset)
    )


def _objectives(found: Answers) -> dict[str, float]:
    services = ((r, found.service(r)) for r in found.scope)
    return {r: service.success_objective for r, service in services if service is not None}


def _sources(found: Answers, now: datetime) -> tuple[Source, ...]:
    sources = (*_graph(found), _metrics(found, now), _logs(found, now), *_settings(found, now))
    return tuple(sorted(sources, key=lambda source: source.name))


def _graph(found: Answers) -> Iterator[Source]:
    if found.service_map == ServiceMap():
        yield health.absent("topology")
    else:
        yield health.simple("topology", _reasons({"map": found.service_map}))
    if found.traces is None:
        yield health.absent("traces")
    else:
        yield health.simple("traces", _reasons({"map": found.traces}))


def _metrics(found: Answers, now: datetime) -> Source:
    answer = found.alarm_points if isinstance(found.alarm_points, Failed) else found.series
    return health.metrics(answer, affected(found.alarms), now)


def _logs(found: Answers, now: datetime) -> Source:
    declared = [r for r in found.lines if (s := found.service(r)) and s.log_group]
    return health.logs(found.lines, declared, _served(found), now)


def _served(found: Answers) -> dict[ResourceId, int]:
    """Return when each resource last served a request, as far as its series tell."""
    series = () if isinstance(found.series, Failed) else found.series
    times = [
        (at, s.resource)
        for s in series
        if s.measure == "requests"
        for at, value in s.points
        if value > 0
    ]
    return {resource: at for at, resource in sorted(times)}


def _settings(found: Answers, now: datetime) -> Iterator[Source]:
    yield health.simple("state", _reasons(found.states))
    looks = {
        r: answer[1]
        for r, answer in found.changes.items()
        if not isinstance(answer, Failed) and found.state(r) is not None
    }
    failures = (*_reasons(found.changes), *_reasons({"audit trail": found.audited}))
    yield health.changes(failures, looks, now)


def _reasons(answers: Mapping[str, object]) -> list[str]:
    found = answers.items()
    return [f"{what}: {answer.reason}" for what, answer in found if isinstance(answer, Failed)]
