"""The sources, wired, and one question to each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from functions.evidence.answers import Logged, Looked, Points
from functions.evidence.queries import Wanted, alarm_query
from functions.evidence.spread import spread
from functions.evidence.templates import mine
from functions.evidence.windows import Window, alarm_window
from quorum.application.inventory import Inventory, labelled
from quorum.domain.base import OutsiderText, ResourceId
from quorum.domain.evidence import Alarm, Change, ResourceState
from quorum.domain.executions import Execution
from quorum.domain.topology import Service
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


class Asked(NamedTuple):
    """A resource whose changes are wanted, its settings at that time, if they are known, and what
    is being read meanwhile: what was known of it, and what we did ourselves.
    """

    resource: ResourceId
    state: ResourceState | None
    at: datetime
    past: Callable[[], Past]
    effects: Callable[[], Sequence[Execution]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where evidence comes from; None for what is not configured."""

    topology: TopologySource
    metrics: MetricSource
    logs: LogSource
    inventory: Inventory
    traces: TopologySource | None = None
    audit: AuditTrail | None = None

    def alarm_points(self, alarm: Alarm, now: datetime) -> Points:
        """Return the alarm's own series in its own period; empty when it watches no one metric."""
        query = alarm_query(alarm)
        if query is None:
            return ()
        window = alarm_window(alarm, now)
        return self.metrics.fetch([query], window.start, window.end).get(query.id, ())

    def points(self, wants: Iterable[Wanted], window: Window) -> Mapping[str, Points]:
        """Return the points of what is wanted, by the ids of its queries."""
        return self.metrics.fetch([w.query for w in wants], window.start, window.end)

    def logged(
        self, resource: ResourceId, group: str, onset: datetime, within: tuple[datetime, datetime]
    ) -> Logged:
        """Return the templates of the newest lines before the onset, and of the newest since.

        Asked apart, so that a flood since the onset does not hide what was usual before it. Lines
        are outsiders' text: they are read here, where what they break is this answer alone.
        """
        start, end = within
        before = self.logs.lines(group, start, onset, MOST_LINES)
        after = self.logs.lines(group, onset, end, MOST_LINES) if onset < end else ()
        lines = (*before, *after)
        newest = max((line.at for line in lines), default=None)
        began = int(onset.timestamp())
        return Logged(newest, mine(resource, lines, began), spread(resource, lines, began))

    def changes(self, asked: Asked) -> Looked:
        """Look at the resource once more; return its changes, and when the last look was."""
        past, ours = asked.past(), asked.effects()
        known = {change.id: change for change in labelled(past.changes, ours)}
        if asked.state is None:
            return tuple(known.values()), past.newest.taken_at if past.newest else None
        look = self.inventory.compare(asked.state, past, ours, asked.at)
        return tuple((known | {change.id: change for change in look.changes}).values()), look.last

    def audited(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Return those changes that the audit trail knows, with who made them and exactly when.

        One after the other: audit trails allow few questions a second.
        """
        who = self.audit.author_of if self.audit else lambda _: None
        asked = ((change, who(change)) for change in changes)
        return tuple(_known(change, entry) for change, entry in asked if entry is not None)


def log_group(resource: ResourceId, service: Service | None) -> str | None:
    """Return where the resource logs: as declared, or where Lambda logs unless told otherwise."""
    if service is not None and service.log_group is not None:
        return service.log_group
    kind, _, name = resource.partition(":")
    return f"/aws/lambda/{name}" if kind == "lambda" else None


def _known(change: Change, entry: AuditEntry) -> Change:
    at = int(entry.at)
    told = {"not_before": at, "at": at} if change.not_before <= at <= change.at else {}
    return change.model_copy(update={"actor": OutsiderText.redacted(entry.actor), **told})
