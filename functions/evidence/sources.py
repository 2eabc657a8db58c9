"""The wired sources of evidence, and one call to each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from functions.evidence.collected import LogSummary, Points, ReviewedChanges
from functions.evidence.logged_metrics import LoggedMetrics, logged_metrics
from functions.evidence.queries import SeriesRequest, alarm_query
from functions.evidence.spread import spread
from functions.evidence.templates import mine_templates
from functions.evidence.windows import Window, alarm_window
from quorum.application.inventory import Inventory, labelled
from quorum.domain.base import OutsiderText, ResourceId
from quorum.domain.evidence import Alarm, Change, ResourceState
from quorum.domain.executions import Execution
from quorum.ports.telemetry import (
    AuditEntry,
    AuditTrail,
    LogSource,
    MetricSource,
    Past,
    TopologySource,
)

MOST_LINES: Final = 500
"""Of one group before the onset, and as many after it."""
MOST_REPORTS: Final = 3000
"""Lines with metrics of one function: a thousand requests of a text log."""
LOGS_DELIVERY_SECONDS: Final = 15
"""Log events arrive in a few seconds; what is newer may not be complete."""


class ChangeQuery(NamedTuple):
    """A resource to review for changes: its settings now, if they could be read, and calls for its
    snapshots and our own executions.
    """

    resource: ResourceId
    state: ResourceState | None
    at: datetime
    past: Callable[[], Past]
    effects: Callable[[], Sequence[Execution]]


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of evidence; None for one that is not configured."""

    topology: TopologySource
    metrics: MetricSource
    logs: LogSource
    inventory: Inventory
    traces: TopologySource | None = None
    audit: AuditTrail | None = None
    other_logs: LogSource | None = None
    """Logs that no candidate needs, which are given up sooner; None: as any logs."""
    reports: LogSource | None = None
    """The lines with a function's metrics alone; None: among all lines."""

    def alarm_points(self, alarm: Alarm, now: datetime) -> Points:
        """Return the alarm's own series in its own period; empty when it has no series."""
        query = alarm_query(alarm)
        if query is None:
            return ()
        window = alarm_window(alarm, now)
        return self.metrics.fetch([query], window.start, window.end).get(query.id, ())

    def points(self, wants: Iterable[SeriesRequest], window: Window) -> Mapping[str, Points]:
        """Return the points of the requested series, by the ids of their queries."""
        return self.metrics.fetch([w.query for w in wants], window.start, window.end)

    def read_logs(
        self,
        resource: ResourceId,
        group: str,
        onset: datetime,
        within: tuple[datetime, datetime],
        *,
        needed: bool = True,
    ) -> LogSummary:
        """Return the templates of the newest lines before the onset, and of the newest since.

        Fetched apart, so that a flood since the onset does not hide the usual lines before it.
        Lines are outsiders' text: they are parsed here, where an error fails this call alone.
        """
        start, end = within
        logs = self.logs if needed or self.other_logs is None else self.other_logs
        after = logs.lines(group, onset, end, MOST_LINES) if onset < end else ()
        before = logs.lines(group, start, onset, MOST_LINES)
        lines = (*before, *after)
        newest = max((line.at for line in lines), default=None)
        began = int(onset.timestamp())
        return LogSummary(
            newest, mine_templates(resource, lines, began), spread(resource, lines, began)
        )

    def read_metrics(
        self, group: str, function: str, alias: str | None, within: tuple[datetime, datetime]
    ) -> LoggedMetrics | None:
        """Return the metrics in a function's newest log lines, or None without reliable ones."""
        start, end = within
        lines = (self.reports or self.logs).lines(group, start, end, MOST_REPORTS)
        until = end.timestamp() - LOGS_DELIVERY_SECONDS
        return logged_metrics(function, alias, lines, until)

    def changes(self, query: ChangeQuery) -> ReviewedChanges:
        """Return the resource's changes since its last snapshot and before, and that one's time."""
        past, ours = query.past(), query.effects()
        known = {change.id: change for change in labelled(past.changes, ours)}
        if query.state is None:
            return tuple(known.values()), past.newest.taken_at if past.newest else None
        look = self.inventory.compare(query.state, past, ours, query.at)
        return tuple((known | {change.id: change for change in look.changes}).values()), look.last

    def audited(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Return those changes that are in the audit trail, with their actor and exact time.

        One after the other: audit trails allow few calls a second.
        """
        who = self.audit.author_of if self.audit else lambda _: None
        entries = ((change, who(change)) for change in changes)
        return tuple(_known(change, entry) for change, entry in entries if entry is not None)


def _known(change: Change, entry: AuditEntry) -> Change:
    at = int(entry.at)
    dates = {"not_before": at, "at": at} if change.not_before <= at <= change.at else {}
    return change.model_copy(update={"actor": OutsiderText.redacted(entry.actor), **dates})
