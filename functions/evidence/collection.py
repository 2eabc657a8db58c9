"""Collect an incident's evidence from the sources: in parallel, except where one needs another."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from functions.evidence.collected import CollectedEvidence, LogSummary, Points
from functions.evidence.late_metrics import filled, newest_count
from functions.evidence.logged_metrics import LoggedMetrics
from functions.evidence.parallel_calls import CallFailure, ParallelCalls, PartOfCall, PendingCall
from functions.evidence.queries import (
    MOST_MATH,
    SeriesRequest,
    math_requests,
    series,
    series_requests,
)
from functions.evidence.sources import (
    LOGS_DELIVERY_SECONDS,
    ChangeQuery,
    Sources,
)
from functions.evidence.windows import evidence_window, onset
from quorum.domain.base import ResourceId
from quorum.domain.catalogue import Situation, candidates
from quorum.domain.changes import is_watched
from quorum.domain.conventions import Metric, log_group, metrics_of, metrics_of_version
from quorum.domain.events import affected
from quorum.domain.evidence import Alarm, Candidate, Change, Edge, ResourceState, Series
from quorum.domain.evidence_times import log_seconds
from quorum.domain.executions import Execution
from quorum.domain.scope import everything_watched, scope
from quorum.domain.topology import downstream
from quorum.ports.telemetry import Past

K = TypeVar("K")
T = TypeVar("T")

CHANGES_WITHIN: Final = timedelta(hours=24)
MOST_AUDITED: Final = 10
MOST_GROUPS: Final = 12
COMPARED_PERIODS: Final = 5
"""Delivered periods in which the logs must agree with CloudWatch before they fill the late ones."""
LATE_SECONDS: Final = 10.0
"""Time for the log lines that fill late periods."""
AUDIT_SECONDS: Final = 5.0
"""Time for the audit trail once all other evidence is there: authors are not worth a late vote."""


class SettingsCalls(NamedTuple):
    """Calls in progress for resources' settings, snapshots and our own executions."""

    started_at: datetime
    states: Mapping[ResourceId, PendingCall[ResourceState | None]]
    past: Mapping[ResourceId, PendingCall[Past]]
    ours: PendingCall[Sequence[Execution]]


def collect(
    sources: Sources, calls: ParallelCalls, alarms: tuple[Alarm, ...], now: datetime
) -> CollectedEvidence:
    """Return the evidence from all sources. Raises nothing: a failed source is a `CallFailure`."""
    found = CollectedEvidence(alarms, now)
    _read_scope(sources, calls, found)
    settings = _start_settings(sources, calls, found)  # first: other calls wait for these
    window = evidence_window(alarms[0], found.onset, now)
    known = series_requests(alarms, _metrics(found), window.period_seconds)
    points = calls.start(partial(sources.points, known, window))
    math = _start_math(sources, calls, found)
    read = _LogReads(sources, calls, found)
    _read_alarmed_states(found, settings)  # they have the names of log groups
    logs = read.start(affected(alarms))
    _review_changes(sources, calls, found, settings)
    logs |= read.start(_touched(calls, found), logs)
    audited = calls.start(partial(sources.audited, _unaudited(found)))
    wants = series_requests(alarms, _metrics(found), window.period_seconds)
    newly = calls.start(partial(sources.points, set(wants).difference(known), window))
    answers = _joined(points.get(), newly.get())
    late = {} if isinstance(answers, CallFailure) else read.late(wants, answers, logs)
    own = math_requests(alarms)
    if not isinstance(answers, CallFailure):
        read_math = _all(math)
        answers |= _own_points(found, read_math)
    found.series = calls.start(partial(_series, (*own, *wants), answers, late, now)).get()
    found.logs = _all(logs)
    unneeded = _all(read.start(found.scope, logs, needed=False))
    found.logs |= unneeded
    found.audited = audited.get(AUDIT_SECONDS)
    found.candidates = calls.start(partial(_candidates, found)).get()
    return found


def _start_math(
    sources: Sources, calls: ParallelCalls, found: CollectedEvidence
) -> dict[str, PendingCall[Points]]:
    """Start to read what the alarms compare that is metric math, by the ids of the queries.

    A request each, as one that CloudWatch refuses must not take the other series with it. The first
    alarm's series is read already.
    """
    first, *others = found.alarms
    pending = {one.query.id: (alarm, one) for alarm in others for one in math_requests((alarm,))}
    return {
        key: calls.start(partial(sources.alarm_points, alarm, found.now))
        for key, (alarm, _) in list(pending.items())[: MOST_MATH - 1]
        if alarm.arn != first.arn
    }


def _own_points(
    found: CollectedEvidence, others: Mapping[str, Points | CallFailure]
) -> dict[str, Points]:
    """Return the points of the alarms' metric math by query id, as far as they could be read."""
    requests = math_requests(found.alarms[:1])
    answers = dict(others)
    if requests:
        answers[requests[0].query.id] = found.alarm_points
    return {key: got for key, got in answers.items() if not isinstance(got, CallFailure)}


def _joined(
    usual: Mapping[str, Points] | CallFailure, newly: Mapping[str, Points] | CallFailure
) -> dict[str, Points] | CallFailure:
    """Return all points by query id; a failure when either fetch failed."""
    if isinstance(usual, CallFailure):
        return usual
    return newly if isinstance(newly, CallFailure) else {**usual, **newly}


def _series(
    wants: tuple[SeriesRequest, ...],
    answers: Mapping[str, Points] | CallFailure,
    late: Mapping[ResourceId, LoggedMetrics],
    now: datetime,
) -> tuple[Series, ...] | CallFailure:
    """Return the series that have points; the failure where they could not be fetched."""
    if isinstance(answers, CallFailure):
        return answers
    whole = filled(wants, answers, late)
    return tuple(series(wants, whole.points, now, whole.logged_since))


def _read_scope(sources: Sources, calls: ParallelCalls, found: CollectedEvidence) -> None:
    first = found.alarms[0]
    declared = calls.start(sources.topology.service_map)
    traced = calls.start(sources.traces.service_map) if sources.traces else None
    points = calls.start(partial(sources.alarm_points, first, found.now))
    found.service_map = declared.get()
    found.traces = traced.get() if traced else None
    found.alarm_points = points.get()
    nothing: Points = ()
    seen = nothing if isinstance(found.alarm_points, CallFailure) else found.alarm_points
    found.onset = onset(first, seen)
    found.scope = scope(affected(found.alarms), found.edges())
    if not any(alarm.resources for alarm in found.alarms):
        found.elsewhere = everything_watched(found.resources())


def _start_settings(
    sources: Sources, calls: ParallelCalls, found: CollectedEvidence
) -> SettingsCalls:
    inventory = sources.inventory
    started_at = inventory.now()
    states: dict[ResourceId, PendingCall[ResourceState | None]] = {}
    everywhere = (*found.scope, *found.elsewhere)
    for group in inventory.states.groups(everywhere):
        batch = calls.start(partial(inventory.states.states, {r: found.alias(r) for r in group}))
        states |= {r: PartOfCall(batch, r) for r in group}
    since = datetime.fromtimestamp(found.onset, UTC) - CHANGES_WITHIN
    read = inventory.book.past
    compared = (r for r in everywhere if is_watched(r) and inventory.states.reads(r))
    past = {r: calls.start(partial(read, r, since)) for r in compared}
    return SettingsCalls(started_at, states, past, calls.start(partial(inventory.effects, since)))


def _read_alarmed_states(found: CollectedEvidence, settings: SettingsCalls) -> None:
    named = (r for r in affected(found.alarms) if r in settings.states)
    found.states |= {resource: settings.states[resource].get() for resource in named}


def _review_changes(
    sources: Sources, calls: ParallelCalls, found: CollectedEvidence, settings: SettingsCalls
) -> None:
    """Read and compare the settings. Elsewhere they are no evidence, and a failure is a gap."""
    states = _all(settings.states)
    found.states = {r: states[r] for r in found.scope if r in states}
    changes = {
        r: calls.start(
            partial(
                sources.changes,
                ChangeQuery(
                    r, _known(states[r]), settings.started_at, past.result, settings.ours.result
                ),
            )
        )
        for r, past in settings.past.items()
    }
    found.changes = _all(changes)
    for resource in found.elsewhere:
        answer = states.get(resource)
        if isinstance(answer, CallFailure):
            found.changes[resource] = answer


def _known(answer: ResourceState | CallFailure | None) -> ResourceState | None:
    return None if isinstance(answer, CallFailure) else answer


def _touched(calls: ParallelCalls, found: CollectedEvidence) -> tuple[ResourceId, ...]:
    """Return the resources that a candidate may need: those it touches, and their callers.

    Without the audit trail's times the candidates may still change; this decides the order of the
    reads alone.
    """
    likely = calls.start(partial(_candidates, found)).get()
    touched = () if isinstance(likely, CallFailure) else [c.resource for c in likely]
    against = [Edge(caller=e.callee, callee=e.caller) for e in found.edges()]
    return (*touched, *(r for one in touched for r in sorted(downstream(against, one))))


def _candidates(found: CollectedEvidence) -> tuple[Candidate, ...]:
    return candidates(Situation(found.known_states(), found.newest_changes(), found.alarms))


class _LogReads(NamedTuple):
    """Reads of logs in the order of their use: the account's limit of requests is small."""

    sources: Sources
    calls: ParallelCalls
    found: CollectedEvidence

    def start(
        self,
        resources: Iterable[ResourceId],
        started: Collection[ResourceId] = (),
        *,
        needed: bool = True,
    ) -> dict[ResourceId, PendingCall[LogSummary]]:
        """Start to read the logs of those resources in scope that have not been started."""
        found = self.found
        first = max(0, found.onset - log_seconds(found.alarms[0]))
        new = (r for r in dict.fromkeys(resources) if r in found.scope and r not in started)
        groups = ((r, log_group(r, found.service(r), found.state(r))) for r in new)
        nearest = islice(((r, group) for r, group in groups if group), MOST_GROUPS - len(started))
        read = partial(
            self.sources.read_logs,
            onset=datetime.fromtimestamp(found.onset, UTC),
            within=(datetime.fromtimestamp(first, UTC), found.now),
            needed=needed,
        )
        return {r: self.calls.start(partial(read, r, group)) for r, group in nearest}

    def late(
        self,
        wants: Sequence[SeriesRequest],
        answers: Mapping[str, Points],
        needed: Iterable[ResourceId],
    ) -> dict[ResourceId, LoggedMetrics]:
        """Return metrics from the logs of needed functions whose metrics are late.

        Best effort: without them the series end where CloudWatch's do.
        """
        found, pending = self.found, {}
        for resource in needed:
            mine = [want for want in wants if want.resource == resource]
            group, newest = (
                log_group(resource, found.service(resource), found.state(resource)),
                newest_count(mine, answers),
            )
            kind, _, function = resource.partition(":")
            if (
                kind != "lambda"
                or not group
                or newest is None
                or not _is_late(mine, newest, found.now)
            ):
                continue
            compared = COMPARED_PERIODS * max(want.query.period_seconds for want in mine)
            within = (datetime.fromtimestamp(newest - compared, UTC), found.now)
            read = self.sources.read_metrics
            call = partial(read, group, function, found.alias(resource), within)
            pending[resource] = self.calls.start(call)
        answered = {r: one.get(LATE_SECONDS) for r, one in pending.items()}
        return {r: one for r, one in answered.items() if isinstance(one, LoggedMetrics)}


def _is_late(wants: Sequence[SeriesRequest], newest: int, now: datetime) -> bool:
    """Return whether a whole period has ended after the newest one that CloudWatch delivered."""
    period = max(want.query.period_seconds for want in wants)
    return newest + 2 * period <= now.timestamp() - LOGS_DELIVERY_SECONDS


def _unaudited(found: CollectedEvidence) -> tuple[Change, ...]:
    everywhere = (*found.scope, *found.elsewhere)
    changes = [c for r in everywhere for c in found.changes_of(r) if not c.ours and not c.actor]
    newest = sorted(changes, key=lambda c: (c.at, c.id), reverse=True)
    return tuple(newest[:MOST_AUDITED])


def _metrics(found: CollectedEvidence) -> Iterator[tuple[ResourceId, Metric]]:
    """Yield every resource's metrics, and those of its versions once its settings are read."""
    for resource in found.scope:
        service, alias = found.service(resource), found.alias(resource)
        for metric in metrics_of(resource, service, found.alarms):
            yield resource, metric
        for version in found.versions(resource):
            for metric in metrics_of_version(resource, service, alias, version):
                yield resource, metric


def _all(pending: Mapping[K, PendingCall[T]]) -> dict[K, T | CallFailure]:
    return {key: one.get() for key, one in pending.items()}
