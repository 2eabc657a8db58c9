"""Asking the sources about an incident: side by side, in the order in which they build on it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from functions.evidence.answers import Answers, Logged, Points
from functions.evidence.asking import Asking, Failed, Pending
from functions.evidence.conventions import Metric, metrics_of, metrics_of_version
from functions.evidence.queries import Wanted, series, wanted
from functions.evidence.scope import scope
from functions.evidence.sources import Asked, Sources, log_group
from functions.evidence.windows import Window, evidence_window, onset
from quorum.domain.base import ResourceId
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import is_watched
from quorum.domain.events import affected
from quorum.domain.evidence import Alarm, Change, ResourceState, Series
from quorum.domain.executions import Execution
from quorum.ports.telemetry import Past

K = TypeVar("K")
T = TypeVar("T")

CHANGES_WITHIN: Final = timedelta(hours=24)
MOST_AUDITED: Final = 10
MOST_GROUPS: Final = 12


class Settings(NamedTuple):
    """Questions on their way about what resources are set to now, and what was known of them."""

    asked_at: datetime
    states: Mapping[ResourceId, Pending[ResourceState | None]]
    past: Mapping[ResourceId, Pending[Past]]
    ours: Pending[Sequence[Execution]]


def gather(sources: Sources, asking: Asking, alarms: tuple[Alarm, ...], now: datetime) -> Answers:
    """Ask everything. No error escapes: a source that fails has failed in the answers."""
    found = Answers(alarms, now)
    _surroundings(sources, asking, found)
    settings = _ask_settings(sources, asking, found)  # first: what is asked next waits for them
    window = evidence_window(alarms[0], found.onset, now)
    known = wanted(alarms, _metrics(found), window.period_seconds)
    points = asking.start(partial(sources.points, known, window))
    logs = _ask_logs(sources, asking, found, window)
    _changes(sources, asking, found, settings)
    audited = asking.start(partial(sources.audited, _unaudited(found)))
    wants = wanted(alarms, _metrics(found), window.period_seconds)
    newly = asking.start(partial(sources.points, set(wants).difference(known), window))
    answered = partial(_series, wants, points.get(), newly.get(), now)
    found.series = asking.start(answered).get()
    found.logs, found.audited = _all(logs), audited.get()
    situation = Situation(found.known_states(), found.newest_changes())
    found.candidates = asking.start(partial(candidates, situation)).get()
    return found


def _series(
    wants: tuple[Wanted, ...],
    usual: Mapping[str, Points] | Failed,
    newly: Mapping[str, Points] | Failed,
    now: datetime,
) -> tuple[Series, ...] | Failed:
    """Return the series that have points; half of them would be no evidence."""
    if isinstance(usual, Failed):
        return usual
    if isinstance(newly, Failed):
        return newly
    return tuple(series(wants, {**usual, **newly}, now))


def _surroundings(sources: Sources, asking: Asking, found: Answers) -> None:
    first = found.alarms[0]
    declared = asking.start(sources.topology.service_map)
    traced = asking.start(sources.traces.service_map) if sources.traces else None
    points = asking.start(partial(sources.alarm_points, first, found.now))
    found.service_map = declared.get()
    found.traces = traced.get() if traced else None
    found.alarm_points = points.get()
    nothing: Points = ()
    seen = nothing if isinstance(found.alarm_points, Failed) else found.alarm_points
    found.onset = onset(first, seen)
    found.scope = scope(affected(found.alarms), found.edges())


def _ask_settings(sources: Sources, asking: Asking, found: Answers) -> Settings:
    inventory = sources.inventory
    asked_at = inventory.now()
    states = {
        r: asking.start(partial(inventory.states.state, r, found.alias(r))) for r in found.scope
    }
    since = datetime.fromtimestamp(found.onset, UTC) - CHANGES_WITHIN
    read = inventory.book.past
    past = {r: asking.start(partial(read, r, since)) for r in found.scope if is_watched(r)}
    return Settings(asked_at, states, past, asking.start(partial(inventory.effects, since)))


def _changes(sources: Sources, asking: Asking, found: Answers, settings: Settings) -> None:
    found.states = _all(settings.states)
    changes = {
        r: asking.start(
            partial(
                sources.changes,
                Asked(r, found.state(r), settings.asked_at, past.result, settings.ours.result),
            )
        )
        for r, past in settings.past.items()
    }
    found.changes = _all(changes)


def _ask_logs(
    sources: Sources, asking: Asking, found: Answers, window: Window
) -> dict[ResourceId, Pending[Logged]]:
    began = datetime.fromtimestamp(found.onset, UTC)
    groups = ((r, log_group(r, found.service(r))) for r in found.scope)
    nearest = islice(((r, group) for r, group in groups if group is not None), MOST_GROUPS)
    return {
        r: asking.start(partial(sources.logged, r, group, began, (window.start, found.now)))
        for r, group in nearest
    }


def _unaudited(found: Answers) -> tuple[Change, ...]:
    changes = [c for r in found.scope for c in found.changes_of(r) if not c.ours and not c.actor]
    newest = sorted(changes, key=lambda c: (c.at, c.id), reverse=True)
    return tuple(newest[:MOST_AUDITED])


def _metrics(found: Answers) -> Iterator[tuple[ResourceId, Metric]]:
    """Yield every resource's metrics, and those of its versions once its settings are known."""
    for resource in found.scope:
        service, alias = found.service(resource), found.alias(resource)
        for metric in metrics_of(resource, service):
            yield resource, metric
        for version in found.versions(resource):
            for metric in metrics_of_version(resource, service, alias, version):
                yield resource, metric


def _all(pending: Mapping[K, Pending[T]]) -> dict[K, T | Failed]:
    return {key: one.get() for key, one in pending.items()}
