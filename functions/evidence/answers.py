"""What the sources answered, or why not, and what follows from it for the next questions."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from math import inf
from typing import Final, NamedTuple

from functions.evidence.asking import Failed
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
)
from quorum.domain.resources import alias_of
from quorum.domain.topology import Service, ServiceMap

Points = tuple[tuple[int, float], ...]
Looked = tuple[tuple[Change, ...], float | None]
"""A resource's changes, and when the inventory last looked at it before."""
GONE_WITHIN_SECONDS: Final = 24 * 3600
"""A resource that was there this long before the onset, and is not now, has vanished."""


class Logged(NamedTuple):
    """What a log group's lines come to."""

    newest: float | None
    """The time of the newest line; None where there is no line."""
    templates: tuple[LogTemplate, ...] = ()
    spread: tuple[Spread, ...] = ()


MOST_VERSIONS: Final = 4
MOST_CHANGES: Final = 100


@dataclass(slots=True)
class Answers:
    """Everything that was asked about an incident."""

    alarms: tuple[Alarm, ...]
    now: datetime
    """When the asking began: the series end here."""
    onset: int = 0
    scope: tuple[ResourceId, ...] = ()
    service_map: ServiceMap | Failed = field(default_factory=ServiceMap)
    traces: ServiceMap | Failed | None = None
    alarm_points: Points | Failed = ()
    states: dict[ResourceId, ResourceState | Failed | None] = field(default_factory=dict)
    changes: dict[ResourceId, Looked | Failed] = field(default_factory=dict)
    series: tuple[Series, ...] | Failed = ()
    logs: dict[ResourceId, Logged | Failed] = field(default_factory=dict)
    audited: tuple[Change, ...] | Failed = ()
    """The changes that the audit trail knows, as it knows them."""
    candidates: tuple[Candidate, ...] | Failed = ()

    def edges(self) -> tuple[Edge, ...]:
        """Return who depends on whom, by all that was answered."""
        maps = (m for m in (self.service_map, self.traces) if isinstance(m, ServiceMap))
        return tuple(dict.fromkeys(chain.from_iterable(m.edges() for m in maps)))

    def service(self, resource: ResourceId) -> Service | None:
        """Return what the service map declares of the resource."""
        known = self.service_map
        return None if isinstance(known, Failed) else known.service(resource)

    def alias(self, resource: ResourceId) -> str | None:
        """Return the alias that the resource is called by: declared, or the alarm's."""
        service = self.service(resource)
        if service is not None and service.alias is not None:
            return service.alias
        named = (alias_of(a.dimensions) for a in self.alarms if resource in a.resources)
        return next((alias for alias in named if alias), None)

    def state(self, resource: ResourceId) -> ResourceState | None:
        """Return the resource's settings, or None when they are not known."""
        answer = self.states.get(resource)
        return None if isinstance(answer, Failed) else answer

    def vanished(self) -> tuple[ResourceId, ...]:
        """Return the resources that the inventory knew a day before the onset or later, and that
        are not there now."""
        since = self.onset - GONE_WITHIN_SECONDS
        return tuple(r for r in self.scope if r in self.states and self._seen(r) > since)

    def _seen(self, resource: ResourceId) -> float:
        """Return when a resource without settings was last seen to have some, or -inf."""
        looked = self.changes.get(resource)
        if self.states[resource] is not None or looked is None or isinstance(looked, Failed):
            return -inf
        return -inf if looked[1] is None else looked[1]

    def newest_changes(self) -> tuple[Change, ...]:
        """Return the newest changes of all, each as the audit trail knows it, by id."""
        changes = {c.id: c for resource in self.scope for c in self.changes_of(resource)}
        changes |= {} if isinstance(self.audited, Failed) else {c.id: c for c in self.audited}
        newest = sorted(changes.values(), key=lambda c: (c.at, c.id), reverse=True)[:MOST_CHANGES]
        return tuple(sorted(newest, key=lambda c: c.id))

    def known_states(self) -> tuple[ResourceState, ...]:
        """Return the settings that are known, by resource."""
        known = (self.state(resource) for resource in sorted(self.scope))
        return tuple(state for state in known if state is not None)

    def changes_of(self, resource: ResourceId) -> tuple[Change, ...]:
        """Return the resource's changes, the newest first."""
        answer = self.changes.get(resource)
        found = () if answer is None or isinstance(answer, Failed) else answer[0]
        return tuple(sorted(found, key=lambda c: (c.at, c.id), reverse=True))

    def versions(self, resource: ResourceId) -> tuple[str, ...]:
        """Return the versions that served lately: those of now, then by the newest changes."""
        state = self.state(resource)
        settings = state.settings if state else {}
        moved = (c for c in self.changes_of(resource) if c.kind == "alias")
        told: list[Scalar] = [
            settings.get("alias_version"),
            settings.get("alias_weights"),
            *chain.from_iterable((change.after, change.before) for change in moved),
        ]
        found = dict.fromkeys(version for one in told for version in _versions(one))
        return tuple(found)[:MOST_VERSIONS]


def _versions(told: Scalar) -> list[str]:
    """Return the versions in `7`, or in weights: `8=0.1,9=0.2`."""
    parts = (part.partition("=")[0] for part in str(told or "").split(","))
    return [part for part in parts if part.isdigit()]
