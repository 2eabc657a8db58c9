"""Survey of all resources that may change: those of the service map and of opted-in alarms."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from quorum.application.inventory import Inventory
from quorum.domain.base import ResourceId
from quorum.domain.changes import is_watched
from quorum.domain.errors import QuorumError, SourceUnavailableError
from quorum.domain.resources import alias_of, resolve
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import AlarmNames, AlarmRegistry, TopologySource, WatchedMetric

T = TypeVar("T")

WORKERS: Final = 8

Targets = dict[ResourceId, str | None]
"""Resources to inspect, each with the alias to inspect it by."""


class SurveyResult(NamedTuple):
    """Counts of a survey."""

    seen: int
    changed: int
    failed: tuple[str, ...]
    """The resources and lists that could not be read, with the error."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Inspects every resource of the map and of the opted-in alarms."""

    topology: TopologySource
    registry: AlarmRegistry
    prefixes: Sequence[str]
    tagged: AlarmNames
    inventory: Inventory

    def run(self) -> SurveyResult:
        """Inspect everything once; failures are returned and do not stop the rest.

        Raises SourceUnavailableError if neither the map nor the alarms can be listed.
        """
        targets, failed = self._targets()
        with ThreadPoolExecutor(WORKERS) as pool:
            results = list(pool.map(self._inspect, sorted(targets.items(), key=lambda t: t[0])))
        failed += [one for one in results if isinstance(one, str)]
        counts = [one for one in results if isinstance(one, int)]
        return SurveyResult(len(counts), sum(counts), tuple(failed))

    def _targets(self) -> tuple[Targets, list[str]]:
        failed: list[str] = []
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
        return {r: alias for r, alias in targets.items() if is_watched(r)}, failed

    def _inspect(self, target: tuple[ResourceId, str | None]) -> int | str:
        """Return the number of changes found, or the error."""
        try:
            diff = self.inventory.observe(*target)
        except QuorumError as error:
            return f"{target[0]}: {error}"
        return len(diff.changes) if diff else 0


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
