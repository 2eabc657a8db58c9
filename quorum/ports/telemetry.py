"""What is observed of the account: metrics, alarms, logs, settings, audit log, topology."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from quorum.domain.base import Record
from quorum.domain.evidence import Change, ResourceState, Statistic
from quorum.domain.snapshots import Snapshot
from quorum.domain.topology import ServiceMap


class MetricQuery(Record):
    """One series to fetch."""

    id: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: Statistic
    period_seconds: int


class MetricSource(Protocol):
    """Time series. Raises SourceUnavailableError."""

    def fetch(
        self, queries: Sequence[MetricQuery], start: datetime, end: datetime
    ) -> Mapping[str, tuple[tuple[int, float], ...]]:
        """Return (epoch, value) points per query id, oldest first; missing points are absent."""
        ...


class AlarmStatus(NamedTuple):
    """An alarm as the service reports it now."""

    name: str
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    since: datetime


class AlarmSource(Protocol):
    """Alarm states. Raises SourceUnavailableError."""

    def states(self, names: Sequence[str]) -> Mapping[str, AlarmStatus]:
        """Return the alarms that exist, by name."""
        ...


class WatchedMetric(NamedTuple):
    """The metric that an alarm watches."""

    namespace: str
    dimensions: tuple[tuple[str, str], ...]


class AlarmRegistry(Protocol):
    """The alarms that exist. Raises SourceUnavailableError."""

    def watched(self, prefixes: Sequence[str]) -> Sequence[WatchedMetric]:
        """Return the metrics of the alarms whose names begin so, metric math's included."""
        ...


class AlarmDescription(NamedTuple):
    """An alarm as the service has it: how it stands, what it looks at, and how it judges.

    `metric`, `statistic` and the first of `watched` belong together. A composite has a `rule`.
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


class AlarmBook(Protocol):
    """Alarms as the service has them. Raises SourceUnavailableError."""

    def describe(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the alarms that exist, by name."""
        ...


class LogLine(NamedTuple):
    """One log event."""

    at: float
    message: str
    stream: str = ""
    """The log stream's name; Lambda's tells the version that ran."""


class LogSource(Protocol):
    """Log lines. Raises SourceUnavailableError."""

    def lines(self, group: str, start: datetime, end: datetime, limit: int) -> Sequence[LogLine]:
        """Return the newest lines up to the limit, oldest first; empty for an unknown group.

        Lines of one stream and time are in the order in which they were written.
        """
        ...


class StateSource(Protocol):
    """Settings of resources as they are now. Raises SourceUnavailableError."""

    def state(self, resource: str, alias: str | None = None) -> ResourceState | None:
        """Return the resource's settings, or None when it does not exist or is not supported."""
        ...


class Past(NamedTuple):
    """What the inventory knows of a resource."""

    newest: Snapshot | None
    changes: Sequence[Change]
    """Oldest first."""


class SnapshotBook(Protocol):
    """The inventory's snapshots: newest, and what changed."""

    def newest(self, resource: str) -> Snapshot | None:
        """Return the resource's newest snapshot."""
        ...

    def put(self, snapshot: Snapshot, changes: Sequence[Change]) -> None:
        """Store the snapshot as the newest, with the changes against the one before."""
        ...

    def past(self, resource: str, since: datetime) -> Past:
        """Return the resource's newest snapshot and its changes since then, by one question."""
        ...


class AuditEntry(NamedTuple):
    """Who did something, and when."""

    at: float
    actor: str


class AuditTrail(Protocol):
    """Who changed what, where an audit log is configured. Raises SourceUnavailableError."""

    def who(self, change: Change) -> AuditEntry | None:
        """Return the call that made the change, or None: audit logs lag by minutes."""
        ...


class TopologySource(Protocol):
    """Who depends on whom. Raises SourceUnavailableError."""

    def service_map(self) -> ServiceMap:
        """Return the map; empty when none is declared."""
        ...
