"""Sources of evidence in memory. Set `error` on one to have its calls raise it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from quorum.domain.configured_edges import ConfiguredEdges
from quorum.domain.errors import QuorumError
from quorum.domain.evidence import ResourceState
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import NO_ROLLOUT, AlarmStatus, LogLine, MetricQuery, Rollout

Points = tuple[tuple[int, float], ...]
Identity = tuple[str, str, tuple[tuple[str, str], ...], str]


class _Source:
    def __init__(self) -> None:
        self.error: QuorumError | None = None

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error


class InMemoryMetricSource(_Source):
    """A `MetricSource`; `points` holds what was measured, by metric identity."""

    def __init__(self) -> None:
        super().__init__()
        self.points: dict[Identity, Points] = {}

    def add(self, query: MetricQuery, points: Points) -> None:
        """Have this series answer queries of the same metric, dimensions and statistic."""
        self.points[_identity(query)] = points

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, Points]:
        """Return the points from `start` up to, not including, `end`."""
        self._raise()
        low, high = start.timestamp(), end.timestamp()
        return {
            query.id: tuple(
                (at, value)
                for at, value in sorted(self.points.get(_identity(query), ()))
                if low <= at < high
            )
            for query in queries
        }


class InMemoryAlarmSource(_Source):
    """An `AlarmSource`; `alarms` holds the states."""

    def __init__(self, *alarms: AlarmStatus) -> None:
        super().__init__()
        self.alarms = {alarm.name: alarm for alarm in alarms}

    def put(self, alarm: AlarmStatus) -> None:
        """Set an alarm's state."""
        self.alarms[alarm.name] = alarm

    def states(self, names: Sequence[str]) -> Mapping[str, AlarmStatus]:
        """Return the alarms that exist, by name."""
        self._raise()
        return {name: self.alarms[name] for name in names if name in self.alarms}


class InMemoryLogSource(_Source):
    """A `LogSource`; `groups` holds the lines."""

    def __init__(self, groups: Mapping[str, Sequence[LogLine]] | None = None) -> None:
        super().__init__()
        self.groups = {name: list(lines) for name, lines in (groups or {}).items()}

    def lines(self, group: str, start: datetime, end: datetime, limit: int) -> Sequence[LogLine]:
        """Return the newest lines up to the limit, oldest first."""
        self._raise()
        low, high = start.timestamp(), end.timestamp()
        kept = (line for line in self.groups.get(group, ()) if low <= line.at < high)
        found = sorted(kept, key=lambda line: line.at)
        return found[-limit:] if limit > 0 else []


class OneByOne(ABC):
    """The methods of a `StateSource` that read several resources, by the one that reads one."""

    @abstractmethod
    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:
        """Return the resource's settings, or None."""

    def states(
        self, targets: Mapping[str, str | None]
    ) -> Mapping[str, ResourceState | QuorumError | None]:
        """Return each resource's settings, None, or the error that reading it raises."""
        return {resource: self._answer(resource, alias) for resource, alias in targets.items()}

    def _answer(self, resource: str, alias: str | None) -> ResourceState | QuorumError | None:
        try:
            return self.state(resource, alias)
        except QuorumError as error:
            return error

    def groups(self, resources: Iterable[str]) -> Sequence[tuple[str, ...]]:
        """Return each resource as a group of its own."""
        return [(resource,) for resource in resources]

    def reads(self, resource: str) -> bool:
        """Return True: all resources are watched."""
        return bool(resource)


class InMemoryStateSource(_Source, OneByOne):
    """A `StateSource`; `settings` holds them by resource."""

    def __init__(self, *states: ResourceState) -> None:
        super().__init__()
        self.settings = {state.resource: dict(state.settings) for state in states}

    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:  # noqa: ARG002
        """Return the resource's settings, or None."""
        self._raise()
        found = self.settings.get(resource)
        return None if found is None else ResourceState(resource=resource, settings=dict(found))


class InMemoryTopologySource(_Source):
    """A `TopologySource`."""

    def __init__(self, service_map: ServiceMap | None = None) -> None:
        super().__init__()
        self.map = service_map or ServiceMap()

    def service_map(self) -> ServiceMap:
        """Return the map; empty when none is declared."""
        self._raise()
        return self.map


class InMemoryEdgeStore:
    """An `EdgeStore`, and a `TopologySource` of what it holds."""

    def __init__(self) -> None:
        self.stored = ConfiguredEdges()

    def edges(self) -> ConfiguredEdges:
        """Return the stored edges."""
        return self.stored

    def put(self, edges: ConfiguredEdges) -> None:
        """Replace the stored edges."""
        self.stored = edges

    def service_map(self) -> ServiceMap:
        """Return the stored edges as a map."""
        return self.stored.service_map()


def _identity(query: MetricQuery) -> Identity:
    return (query.namespace, query.metric, tuple(sorted(query.dimensions)), query.statistic)


class InMemoryRollouts(_Source):
    """A `RolloutSource`; `rollouts` holds the newest one of each resource."""

    def __init__(self) -> None:
        super().__init__()
        self.rollouts: dict[str, Rollout] = {}

    def rollout(self, resource: str) -> Rollout:
        """Return the resource's newest rollout, or NO_ROLLOUT."""
        self._raise()
        return self.rollouts.get(resource, NO_ROLLOUT)
