"""Survey of all resources that may change: those of the service map and of opted-in alarms.

The configuration of what is read names further resources: those are read in the same survey, and
the dependencies are stored for the service map.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from quorum.application.inventory import Inventory
from quorum.domain.base import ResourceId
from quorum.domain.changes import is_watched
from quorum.domain.configured_edges import pairs_of
from quorum.domain.errors import QuorumError, SourceUnavailableError
from quorum.domain.evidence import ResourceState
from quorum.domain.resources import alias_of, resolve
from quorum.domain.topology import Pair, ServiceMap
from quorum.ports.telemetry import (
    AlarmNames,
    AlarmRegistry,
    EdgeStore,
    TopologySource,
    WatchedMetric,
)

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

Targets = dict[ResourceId, str | None]
"""Resources to inspect, each with the alias to inspect it by."""


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

    def note(self, results: Sequence[Inspected]) -> None:
        """Add the results of one group."""
        self.failed += [one.error for one in results if one.error]
        self.counts += [one.changes for one in results if one.changes is not None]
        self.named |= {one.resource: pairs_of(one.state) for one in results if one.state}


@dataclass(frozen=True, slots=True)
class Survey:
    """Inspects every resource of the map and of the opted-in alarms."""

    topology: TopologySource
    registry: AlarmRegistry
    prefixes: Sequence[str]
    tagged: AlarmNames
    inventory: Inventory
    links: TopologySource
    edges: EdgeStore

    def run(self) -> SurveyResult:
        """Inspect everything once; failures are returned and do not stop the rest.

        Raises SourceUnavailableError if neither the map nor the alarms can be listed.
        """
        found = Findings()
        targets = self._targets(found.failed)
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
        return SurveyResult(len(found.counts), sum(found.counts), tuple(found.failed))

    def _targets(self, failed: list[str]) -> Targets:
        nothing: Sequence[WatchedMetric] = ()
        service_map = _read_or_default(
            "service map", self.topology.service_map, ServiceMap(), failed
        )
        alarms = _read_or_default(
            "alarms", lambda: self.registry.watched(self.prefixes), nothing, failed
        )
        if len(failed) == 2:  # noqa: PLR2004 - both lists
            raise SourceUnavailableError("; ".join(failed))
        tagged = _read_or_default(
            "tagged alarms",
            lambda: self.registry.watched_by(self.tagged.names()),
            nothing,
            failed,
        )
        targets = alarm_targets([*alarms, *tagged], service_map) | map_targets(service_map)
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
        self.edges.put(self.edges.edges().updated(found.named, now))


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
