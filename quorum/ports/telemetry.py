"""Observations of the account: metrics, alarms, logs, settings, audit trail, topology."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, Protocol

from quorum.domain.base import Record, ResourceId
from quorum.domain.constants import Rate
from quorum.domain.coverage import CoverageReport
from quorum.domain.errors import QuorumError
from quorum.domain.evidence import AlarmQuery, Change, ResourceState, Statistic
from quorum.domain.snapshots import Snapshot
from quorum.domain.topology import ServiceMap


class MetricQuery(Record):
    """A query for one time series: of a metric, or of the `entries` of an alarm's own math."""

    id: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: Statistic
    period_seconds: int
    entries: tuple[AlarmQuery, ...] = ()
    """Without any, the query is for the metric."""
    least: bool = False
    """Of several series of one entry the least value counts at each time, else the greatest."""


class MetricSource(Protocol):
    """Time series. Raises SourceUnavailableError."""

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """Return (epoch, value) points per query id, oldest first; missing points are absent."""
        ...


class AlarmStatus(NamedTuple):
    """The state of an alarm as the service reports it."""

    name: str
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    since: datetime
    without_data: bool = False
    """True if the newest evaluation had no datapoint: the state is how missing data is treated."""


class AlarmSource(Protocol):
    """Alarm states. Raises SourceUnavailableError."""

    def states(self, names: Sequence[str]) -> Mapping[str, AlarmStatus]:
        """Return the existing alarms among these, by name."""
        ...


class WatchedMetric(NamedTuple):
    """A metric that an alarm watches."""

    namespace: str
    dimensions: tuple[tuple[str, str], ...]


class AlarmNames(Protocol):
    """The names of the alarms that tags opt in. Raises SourceUnavailableError."""

    def names(self) -> Sequence[str]:
        """Return the names without duplicates."""
        ...


class AlarmDescription(NamedTuple):
    """The configuration and state of an alarm as the service reports them.

    `metric`, `statistic` and the first of `watched` belong together. A composite alarm has a
    `rule`. Metrics of other accounts are not in `watched`.
    """

    status: AlarmStatus
    reason: str = ""
    kind: Literal["metric", "math", "composite"] = "metric"
    watched: tuple[WatchedMetric, ...] = ()
    metric: str | None = None
    statistic: str | None = None
    threshold: float | None = None
    comparison: str | None = None
    period_seconds: int = 60
    evaluation_periods: int = 1
    rule: str = ""
    reason_data: str = ""
    """JSON about the evaluation that led to the state; empty where there is none."""
    queries: tuple[AlarmQuery, ...] = ()
    """The definition of metric math, where the alarm is not on one metric of its account."""


class AlarmDescriptions(Protocol):
    """The configuration of alarms. Raises SourceUnavailableError."""

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the existing alarms among these, by name."""
        ...

    def contributors(self, name: str) -> Sequence[Mapping[str, str]]:
        """Return the dimensions of each series of the alarm that breaches now."""
        ...


class AlarmRegistry(Protocol):
    """The list of existing alarms. Raises SourceUnavailableError."""

    def described(self, prefixes: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return all alarms with one of these name prefixes, by name."""
        ...

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the existing alarms among these, by name."""
        ...


class LogLine(NamedTuple):
    """One log event."""

    at: float
    message: str
    stream: str = ""
    """The log stream's name; Lambda's includes the version that ran."""


class LogSource(Protocol):
    """Log lines. Raises SourceUnavailableError."""

    def lines(self, group: str, start: datetime, end: datetime, limit: int) -> Sequence[LogLine]:
        """Return the newest lines up to the limit, oldest first; empty for an unknown group.

        Lines of one stream and time are in the order in which they were written.
        """
        ...


class StateSource(Protocol):
    """Current settings of resources. Raises SourceUnavailableError."""

    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:
        """Return the resource's settings, or None when it does not exist or is not supported."""
        ...

    def states(
        self, targets: Mapping[ResourceId, str | None]
    ) -> Mapping[ResourceId, ResourceState | QuorumError | None]:
        """Return the answer for each resource with its alias; it raises nothing of a service.

        What cannot be read is an error among the answers, and stops no other one.
        """
        ...

    def groups(self, resources: Iterable[ResourceId]) -> Sequence[tuple[ResourceId, ...]]:
        """Return the resources in groups to read with one call of `states` each, in parallel."""
        ...

    def reads(self, resource: ResourceId) -> bool:
        """Return whether settings of the resource can be read, and may be: it is watched."""
        ...


class Past(NamedTuple):
    """The inventory's history of a resource."""

    newest: Snapshot | None
    changes: Sequence[Change]
    """Oldest first."""


class CoverageStore(Protocol):
    """The newest report of the coverage."""

    def put(self, report: CoverageReport) -> None:
        """Store the report in place of the former one. Raises StoreUnavailableError."""
        ...

    def newest(self) -> CoverageReport | None:
        """Return the report, or None without one that this version can read.

        Raises StoreUnavailableError.
        """
        ...


class SnapshotStore(Protocol):
    """The inventory's snapshots and changes."""

    def newest(self, resource: str) -> Snapshot | None:
        """Return the resource's newest snapshot, or None."""
        ...

    def put(self, snapshot: Snapshot, changes: Sequence[Change]) -> None:
        """Store the snapshot as the newest one, with its changes from the previous one."""
        ...

    def past(self, resource: str, since: datetime) -> Past:
        """Return the resource's newest snapshot and its changes since then, in one query."""
        ...


class AuditEntry(NamedTuple):
    """The author and the time of an action."""

    at: float
    actor: str


class AuditTrail(Protocol):
    """The audit trail of changes, where one is configured. Raises SourceUnavailableError."""

    def author_of(self, change: Change) -> AuditEntry | None:
        """Return the call that made the change, or None: audit trails lag by minutes."""
        ...


class Rollout(NamedTuple):
    """The newest deployment of a service that replaces its tasks one after another."""

    running: bool
    ended_at: float | None
    """End in epoch seconds; None while it runs, and for a resource without rollouts."""


NO_ROLLOUT: Final = Rollout(running=False, ended_at=None)


class RolloutSource(Protocol):
    """Rollouts of resources. Raises SourceUnavailableError."""

    def rollout(self, resource: str) -> Rollout:
        """Return the resource's newest rollout, or NO_ROLLOUT."""
        ...


class TopologySource(Protocol):
    """Dependencies between services. Raises SourceUnavailableError."""

    def service_map(self) -> ServiceMap:
        """Return the map; empty when none is declared."""
        ...


class RequestTurns(Protocol):
    """Turns to send requests to an API, shared by all functions. Raises StoreUnavailableError."""

    def reserve(self, api: str, rate: Rate, now: datetime, latest: datetime) -> datetime | None:
        """Reserve the next free turn and return its time; None when it would be after `latest`.

        In any t seconds there are at most rate * t turns and one burst of `rate.sends` more.
        """
        ...


Turn = Callable[[float], bool]
"""Wait for a turn to send one request, at most so many seconds; return whether there was one."""
