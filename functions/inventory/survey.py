"""One pass over everything that may change: the service map's resources and the alarms'."""

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
from quorum.ports.telemetry import AlarmRegistry, TopologySource, WatchedMetric

T = TypeVar("T")

WORKERS: Final = 8

Targets = dict[ResourceId, str | None]
"""What to look at, and by which alias."""


class Surveyed(NamedTuple):
    """What a pass came to."""

    seen: int
    changed: int
    failed: tuple[str, ...]
    """The resources and lists that could not be read, with the reason."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Looks at every resource of the map and of the opted-in alarms."""

    topology: TopologySource
    registry: AlarmRegistry
    prefixes: Sequence[str]
    inventory: Inventory

    def run(self) -> Surveyed:
        """Look at everything once; what fails does not stop the rest, and is in the answer.

        Raises SourceUnavailableError when neither the map nor the alarms can be listed.
        """
        targets, failed = self._targets()
        with ThreadPoolExecutor(WORKERS) as pool:
            looks = list(pool.map(self._look, sorted(targets.items(), key=lambda t: t[0])))
        failed += [one for one in looks if isinstance(one, str)]
        counts = [one for one in looks if isinstance(one, int)]
        return Surveyed(len(counts), sum(counts), tuple(failed))

    def _targets(self) -> tuple[Targets, list[str]]:
        failed: list[str] = []
        nothing: Sequence[WatchedMetric] = ()
        service_map = _tried("service map", self.topology.service_map, ServiceMap(), failed)
        alarms = _tried("alarms", lambda: self.registry.watched(self.prefixes), nothing, failed)
        if len(failed) == 2:  # noqa: PLR2004 - both lists
            raise SourceUnavailableError("; ".join(failed))
        targets = of_alarms(alarms, service_map) | of_map(service_map)
        return {r: alias for r, alias in targets.items() if is_watched(r)}, failed

    def _look(self, target: tuple[ResourceId, str | None]) -> int | str:
        """Return how many changes the look found, or why there was none."""
        try:
            look = self.inventory.observe(*target)
        except QuorumError as error:
            return f"{target[0]}: {error}"
        return len(look.changes) if look else 0


def of_map(service_map: ServiceMap) -> Targets:
    """Return the map's services, with their aliases, and all that they depend on."""
    needed: Targets = {r: None for s in service_map.services for r in s.depends_on}
    return needed | {s.resource: s.alias for s in service_map.services}


def of_alarms(alarms: Sequence[WatchedMetric], service_map: ServiceMap) -> Targets:
    """Return the resources that the alarms watch; those that cannot be told are left out."""
    found = ((resolve(*alarm, service_map), alias_of(alarm.dimensions)) for alarm in alarms)
    return {resource: alias for resource, alias in found if resource is not None}


def _tried(what: str, read: Callable[[], T], otherwise: T, failed: list[str]) -> T:
    try:
        return read()
    except QuorumError as error:
        failed.append(f"{what}: {error}")
        return otherwise
