"""Survey of all resources that may change: those of the service map and of opted-in alarms.

The configuration of what is read names further resources: those are read in the same survey, and
the dependencies are stored for the service map.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from functions.inventory.alarm_coverage import Surveyed, child_names, coverage
from quorum.application.inventory import Inventory
from quorum.domain.alarm_rule import AUTOSCALING
from quorum.domain.base import ResourceId
from quorum.domain.changes import is_watched
from quorum.domain.configured_edges import pairs_of
from quorum.domain.coverage import Settings
from quorum.domain.errors import QuorumError, SourceUnavailableError
from quorum.domain.evidence import ResourceState
from quorum.domain.resources import alias_of, resolve
from quorum.domain.topology import Pair, ServiceMap
from quorum.ports.clock import Clock
from quorum.ports.edges import EdgeStore
from quorum.ports.telemetry import (
    AlarmDescription,
    AlarmNames,
    AlarmRegistry,
    CoverageStore,
    TopologySource,
    WatchedMetric,
)
from quorum.services.naming import Place

T = TypeVar("T")

WORKERS: Final = 8
MOST_STEPS: Final = 3
"""Steps along dependencies by configuration in one survey; the next one goes on from there."""
MOST_FOUND: Final = 200
"""Resources that configuration alone names, in one survey."""
LISTED: Final = "links"
"""The stored name of the dependencies that are listed apart from any resource."""
TURN: Final = 0.618033988749895
"""The golden ratio's fraction: multiples of it are spread evenly over an interval."""
RUN_SECONDS: Final = 300

MOST_LEVELS: Final = 3
"""Of composites in composites that are followed."""

Targets = dict[ResourceId, str | None]
"""Resources to inspect, each with the alias to inspect it by."""


Alarms = Mapping[str, AlarmDescription]
"""Alarms by name."""


class SurveyResult(NamedTuple):
    """Counts of a survey."""

    seen: int
    changed: int
    failed: tuple[str, ...]
    """The resources and lists that could not be read, with the error."""


class Inspected(NamedTuple):
    """A resource that was read."""

    resource: ResourceId
    state: ResourceState | None = None
    changes: int | None = None
    """Since its last snapshot; None where changes of its kind are not detected."""
    error: str = ""


@dataclass(slots=True)
class Findings:
    """Results of a survey in progress."""

    counts: list[int] = field(default_factory=list)
    """The number of changes of each resource with a snapshot."""
    failed: list[str] = field(default_factory=list)
    named: dict[str, tuple[Pair, ...]] = field(default_factory=dict)
    """The dependencies that each resource's configuration names."""
    tried: set[ResourceId] = field(default_factory=set)
    states: dict[ResourceId, ResourceState] = field(default_factory=dict)
    unread: set[ResourceId] = field(default_factory=set)

    def note(self, results: Sequence[Inspected]) -> None:
        """Add the results of one group."""
        self.failed += [one.error for one in results if one.error]
        self.counts += [one.changes for one in results if one.changes is not None]
        self.states |= {one.resource: one.state for one in results if one.state}
        self.unread |= {one.resource for one in results if one.error and not one.state}
        self.named |= {one.resource: pairs_of(one.state) for one in results if one.state}


@dataclass(frozen=True, slots=True)
class CoverageReports:
    """The place and settings of the deployment, and the store of its coverage."""

    place: Place
    settings: Settings
    own_prefix: str
    store: CoverageStore
    now: Clock


@dataclass(frozen=True, slots=True)
class Survey:
    """Inspects every resource of the map and of the opted-in alarms, and reports their coverage."""

    topology: TopologySource
    registry: AlarmRegistry
    prefixes: Sequence[str]
    tagged: AlarmNames
    inventory: Inventory
    links: TopologySource
    edges: EdgeStore
    reports: CoverageReports

    def run(self) -> SurveyResult:
        """Inspect everything once; failures are returned and do not stop the rest.

        The coverage is stored where the map and all alarms could be listed; the former report
        remains otherwise. Raises SourceUnavailableError if neither of the two can be listed.
        """
        found = Findings()
        service_map, alarms = self._lists(found.failed)
        complete, targets = not found.failed, self._targets(service_map, alarms)
        listed = _read_or_default(
            "event source mappings", self.links.service_map, None, found.failed
        )
        if listed is not None:
            found.named[LISTED] = tuple((e.caller, e.callee) for e in listed.edges())
        with ThreadPoolExecutor(WORKERS) as pool:
            for _ in range(MOST_STEPS):
                groups = self.inventory.states.groups(self._ordered(targets))
                read = [pool.submit(self._inspect, {r: targets[r] for r in g}) for g in groups]
                for group in read:
                    found.note(group.result())
                found.tried |= set(targets)
                targets = self._next(found)
        _read_or_default("dependencies", lambda: self._store(found), None, found.failed)
        if complete:
            found.failed += self._report(service_map, alarms, found)
        return SurveyResult(len(found.counts), sum(found.counts), tuple(found.failed))

    def _lists(self, failed: list[str]) -> tuple[ServiceMap, Alarms]:
        nothing: Alarms = {}
        service_map = _read_or_default(
            "service map", self.topology.service_map, ServiceMap(), failed
        )
        alarms = _read_or_default(
            "alarms", lambda: self.registry.described(self.prefixes), nothing, failed
        )
        if len(failed) == 2:  # noqa: PLR2004 - both lists
            raise SourceUnavailableError("; ".join(failed))
        tagged = _read_or_default(
            "tagged alarms",
            lambda: self.registry.describe(self.tagged.names()),
            nothing,
            failed,
        )
        return service_map, {**alarms, **tagged}

    def _targets(self, service_map: ServiceMap, alarms: Alarms) -> Targets:
        metrics = [metric for one in alarms.values() for metric in one.watched]
        targets = alarm_targets(metrics, service_map) | map_targets(service_map)
        return {r: alias for r, alias in targets.items() if self.inventory.states.reads(r)}

    def _ordered(self, targets: Targets) -> list[ResourceId]:
        """Return the resources in an order that starts elsewhere in each run.

        Where the quotas do not allow reading all of them in one run, the next run reads others.
        """
        names = sorted(targets)
        turn = self.inventory.now().timestamp() // RUN_SECONDS * TURN % 1
        start = int(turn * len(names))
        return [*names[start:], *names[:start]]

    def _inspect(self, targets: Mapping[ResourceId, str | None]) -> list[Inspected]:
        at = self.inventory.now()
        answers = self.inventory.states.states(targets)
        return [self._recorded(resource, answers[resource], at) for resource in targets]

    def _recorded(
        self, resource: ResourceId, answer: ResourceState | QuorumError | None, at: datetime
    ) -> Inspected:
        """Return the answer, after a snapshot of it where changes of its kind are detected."""
        if isinstance(answer, QuorumError):
            return Inspected(resource, error=f"{resource}: {answer}")
        if answer is None or not is_watched(resource):
            return Inspected(resource, answer)
        try:
            return Inspected(resource, answer, len(self.inventory.record(answer, at).changes))
        except QuorumError as error:
            return Inspected(resource, answer, error=f"{resource}: {error}")

    def _next(self, found: Findings) -> Targets:
        """Return the resources that configuration names beside those that were tried."""
        named = {
            resource
            for name, pairs in found.named.items()
            for pair in pairs
            if name != LISTED or not found.tried.isdisjoint(pair)
            for resource in pair
        }
        new = sorted(r for r in named - found.tried if self.inventory.states.reads(r))
        return dict.fromkeys(new[:MOST_FOUND])

    def _store(self, found: Findings) -> None:
        now = self.inventory.now().timestamp()
        stored = self.edges.edges()
        edges = stored.updated(found.named, now)
        if edges.is_worth_storing(stored):
            self.edges.put(edges)

    def _report(self, service_map: ServiceMap, alarms: Alarms, found: Findings) -> Iterator[str]:
        """Store the coverage; yield the error where that fails."""
        reports = self.reports
        apart = (reports.own_prefix, AUTOSCALING)
        opted_in = {name: one for name, one in alarms.items() if not name.startswith(apart)}
        try:
            children, unread = self._children(alarms), frozenset(found.unread)
            known = Surveyed(service_map, opted_in, children, found.states, unread)
            reports.store.put(coverage(known, reports.settings, reports.place, reports.now()))
        except QuorumError as error:
            yield f"coverage: {error}"

    def _children(self, alarms: Alarms) -> Alarms:
        """Return these alarms, and those that the composites among them rest on."""
        known = dict(alarms)
        for _ in range(MOST_LEVELS):
            missing = [name for name in child_names(known.values()) if name not in known]
            if not missing:
                break
            known |= self.registry.describe(missing)
        return known


def map_targets(service_map: ServiceMap) -> Targets:
    """Return the map's services with their aliases, and all their dependencies."""
    dependencies: Targets = {r: None for s in service_map.services for r in s.depends_on}
    return dependencies | {s.resource: s.alias for s in service_map.services}


def alarm_targets(alarms: Sequence[WatchedMetric], service_map: ServiceMap) -> Targets:
    """Return the resources that the alarms watch, as far as they can be resolved."""
    found = ((resolve(*alarm, service_map), alias_of(alarm.dimensions)) for alarm in alarms)
    return {resource: alias for resource, alias in found if resource is not None}


def _read_or_default(name: str, read: Callable[[], T], default: T, failed: list[str]) -> T:
    try:
        return read()
    except QuorumError as error:
        failed.append(f"{name}: {error}")
        return default
