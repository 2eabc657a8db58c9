"""Evidence collected from the sources, with their failures, and values derived from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple

from functions.evidence.parallel_calls import CallFailure
from quorum.domain.base import ResourceId
from quorum.domain.evidence import (
    Alarm,
    Candidate,
    Change,
    Edge,
    LogTemplate,
    ResourceState,
    Scalar,
    Series,
    Spread,
    Vanished,
)
from quorum.domain.resources import alias_of
from quorum.domain.topology import Service, ServiceMap

Points = tuple[tuple[int, float], ...]
ReviewedChanges = tuple[tuple[Change, ...], float | None]
"""A resource's changes, and the time of the inventory's previous snapshot."""


class LogSummary(NamedTuple):
    """Summary of a log group's lines."""

    newest: float | None
    """The time of the newest line; None where there is no line."""
    templates: tuple[LogTemplate, ...] = ()
    spread: tuple[Spread, ...] = ()


MOST_VERSIONS: Final = 4
MOST_CHANGES: Final = 100


@dataclass(slots=True)
class CollectedEvidence:
    """All results for an incident; a source that failed has a `CallFailure` in its field."""

    alarms: tuple[Alarm, ...]
    now: datetime
    """The start of the collection: the series end here."""
    onset: int = 0
    scope: tuple[ResourceId, ...] = ()
    elsewhere: tuple[ResourceId, ...] = ()
    """Resources whose changes alone are read, as no alarm names one: no candidate is on them."""
    service_map: ServiceMap | CallFailure = field(default_factory=ServiceMap)
    traces: ServiceMap | CallFailure | None = None
    alarm_points: Points | CallFailure = ()
    states: dict[ResourceId, ResourceState | CallFailure | None] = field(default_factory=dict)
    changes: dict[ResourceId, ReviewedChanges | CallFailure] = field(default_factory=dict)
    series: tuple[Series, ...] | CallFailure = ()
    logs: dict[ResourceId, LogSummary | CallFailure] = field(default_factory=dict)
    audited: tuple[Change, ...] | CallFailure = ()
    """The changes found in the audit trail, with its times and actors."""
    candidates: tuple[Candidate, ...] | CallFailure = ()

    def edges(self) -> tuple[Edge, ...]:
        """Return the dependencies in the service map and the traces, each from its first source."""
        maps = (m for m in (self.service_map, self.traces) if isinstance(m, ServiceMap))
        found: dict[tuple[ResourceId, ResourceId], Edge] = {}
        for edge in chain.from_iterable(m.edges() for m in maps):
            found.setdefault((edge.caller, edge.callee), edge)
        return tuple(found.values())

    def resources(self) -> Iterator[ResourceId]:
        """Yield the resources in the service map and the traces, some of them more than once."""
        if isinstance(self.service_map, ServiceMap):
            yield from (service.resource for service in self.service_map.services)
        for edge in self.edges():
            yield from (edge.caller, edge.callee)

    def service(self, resource: ResourceId) -> Service | None:
        """Return the resource's entry in the service map, or None."""
        known = self.service_map
        return None if isinstance(known, CallFailure) else known.service(resource)

    def alias(self, resource: ResourceId) -> str | None:
        """Return the alias through which the resource is invoked.

        It is the declared one, or the alarm's; for an alarm by function name the one in the
        settings, once they are read: that of a function with exactly one alias.
        """
        service = self.service(resource)
        if service is not None and service.alias is not None:
            return service.alias
        named = (alias_of(a.dimensions) for a in self.alarms if resource in a.resources)
        state = self.state(resource)
        recorded = state.settings.get("alias") if state is not None else None
        return next(filter(None, named), None if recorded is None else str(recorded))

    def state(self, resource: ResourceId) -> ResourceState | None:
        """Return the resource's settings, or None when they could not be read."""
        answer = self.states.get(resource)
        return None if isinstance(answer, CallFailure) else answer

    def vanished(self) -> tuple[Vanished, ...]:
        """Return the resources that do not exist, though a snapshot or the service map names them.

        Without a snapshot, traces alone do not count: they also name other accounts' resources.
        """
        missing = (
            Vanished(resource=r, last_seen=None if looked[1] is None else int(looked[1]))
            for r in sorted(self.scope)
            if r in self.states and self.states[r] is None
            if (looked := self.changes.get(r)) is not None and not isinstance(looked, CallFailure)
        )
        return tuple(v for v in missing if v.last_seen is not None or self._declared(v.resource))

    def _declared(self, resource: ResourceId) -> bool:
        """Return whether an operator's map or tags name the resource.

        A configuration alone does not count: it may name a target that was deleted long ago.
        """
        if isinstance(self.service_map, CallFailure):
            return False
        service, edges = self.service(resource), self.service_map.edges()
        named = (e.callee for e in edges if e.source != "configuration")
        return (service is not None and service.source != "configuration") or resource in named

    def newest_changes(self) -> tuple[Change, ...]:
        """Return the newest changes of all resources, by id; the audit trail's if found."""
        everywhere = (*self.scope, *self.elsewhere)
        changes = {c.id: c for resource in everywhere for c in self.changes_of(resource)}
        changes |= {} if isinstance(self.audited, CallFailure) else {c.id: c for c in self.audited}
        newest = sorted(changes.values(), key=lambda c: (c.at, c.id), reverse=True)[:MOST_CHANGES]
        return tuple(sorted(newest, key=lambda c: c.id))

    def known_states(self) -> tuple[ResourceState, ...]:
        """Return the settings that could be read, by resource."""
        known = (self.state(resource) for resource in sorted(self.scope))
        return tuple(state for state in known if state is not None)

    def changes_of(self, resource: ResourceId) -> tuple[Change, ...]:
        """Return the resource's changes, the newest first."""
        answer = self.changes.get(resource)
        found = () if answer is None or isinstance(answer, CallFailure) else answer[0]
        return tuple(sorted(found, key=lambda c: (c.at, c.id), reverse=True))

    def versions(self, resource: ResourceId) -> tuple[str, ...]:
        """Return the versions that served recently: the current ones, then those of new changes."""
        state = self.state(resource)
        settings = state.settings if state else {}
        moved = (c for c in self.changes_of(resource) if c.kind == "alias")
        values: list[Scalar] = [
            settings.get("alias_version"),
            settings.get("alias_weights"),
            *chain.from_iterable((change.after, change.before) for change in moved),
        ]
        found = dict.fromkeys(version for value in values for version in _versions(value))
        return tuple(found)[:MOST_VERSIONS]


def _versions(value: Scalar) -> list[str]:
    """Return the versions in `7`, or in weights: `8=0.1,9=0.2`."""
    parts = (part.partition("=")[0] for part in str(value or "").split(","))
    return [part for part in parts if part.isdigit()]
