"""The alarm as evidence: CloudWatch's description, its resources, a composite's children.

Neither the topology nor the children may keep an alarm from entering: without them it enters with
less.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from functions.intake.alarm_event import MOST_REASON, AlarmEvent
from quorum.domain.base import OutsiderText, ResourceId
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Alarm
from quorum.domain.resources import resolve
from quorum.domain.topology import ServiceMap
from quorum.ports.clock import Clock
from quorum.ports.telemetry import AlarmBook, AlarmDescription, TopologySource, WatchedMetric

Count = Callable[[str], None]
"""Counts one of the named metric."""

MAP_SECONDS: Final = 60
"""How long a map read from its source serves, so that a storm does not ask for each alarm."""


@dataclass(slots=True)
class AlarmContext:
    """Describes alarms."""

    topology: TopologySource
    alarms: AlarmBook
    now: Clock
    count: Count
    _map: ServiceMap = field(default_factory=ServiceMap)
    _until: datetime | None = None

    def service_map(self) -> ServiceMap:
        """Return the map, at most a minute old; the last one known while its source is down."""
        if self._until is None or self._until <= self.now():
            try:
                self._map = self.topology.service_map()
                self._until = self.now() + timedelta(seconds=MAP_SECONDS)
            except SourceUnavailableError:
                self.count("TopologyUnavailable")
        return self._map

    def describe(self, event: AlarmEvent, known: AlarmDescription) -> Alarm:
        """Return the alarm with its resources."""
        alarm = to_alarm(event, known, self.service_map())
        if alarm.kind != "composite":
            return alarm
        try:
            children = self.alarms.describe(alarm.children)
        except SourceUnavailableError:
            self.count("AlarmDefinitionsUnavailable")
            return alarm
        return over_children(alarm, children, self.service_map())


_CHILD: Final = re.compile(
    r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"([^\"]+)\"|'([^']+)'|([^()\"'\s][^()\"']*))\s*\)"
)


def to_alarm(event: AlarmEvent, known: AlarmDescription, service_map: ServiceMap) -> Alarm:
    """Return the alarm as CloudWatch knows it: a composite's has no resources yet."""
    first = known.watched[0] if known.watched else None
    state = event.detail.state
    reason = known.reason if known.status.state == state.value else state.reason
    return Alarm(
        name=event.detail.alarm_name,
        arn=event.arn,
        kind=known.kind,
        account=event.account,
        region=event.region,
        resources=_resources(known.watched, service_map),
        fired_at=event.at,
        reason=OutsiderText.redacted(reason),
        namespace=first.namespace if first else None,
        metric=known.metric,
        dimensions=first.dimensions if first else (),
        statistic=known.statistic,
        threshold=known.threshold,
        comparison=known.comparison,
        period_seconds=known.period_seconds,
        evaluation_periods=known.evaluation_periods,
        children=children(event, known.rule),
    )


def over_children(
    alarm: Alarm, known: Mapping[str, AlarmDescription], service_map: ServiceMap
) -> Alarm:
    """Add to a composite what its children watch, and how they judge.

    Without a description of any of them the alarm stays as it was.
    """
    found = [known[name] for name in alarm.children if name in known]
    found = [child for child in found if child.kind != "composite"]
    if not found:
        return alarm
    judges: dict[str, Any] = {
        "period_seconds": max(child.period_seconds for child in found),
        "evaluation_periods": max(child.evaluation_periods for child in found),
        "resources": _resources((m for child in found for m in child.watched), service_map),
    }
    return alarm.model_copy(update=judges)


def children(event: AlarmEvent, rule: str) -> tuple[str, ...]:
    """Return the alarms of the rule that set the composite off, or else all that it names."""
    named = [_name("".join(found)) for found in _CHILD.findall(rule[:MOST_REASON])]
    told = {_name(child.arn) for child in event.detail.state.reason_data.triggering_alarms}
    triggering = [name for name in named if name in told]
    return tuple(dict.fromkeys(triggering or named))


def _name(name_or_arn: str) -> str:
    return name_or_arn.strip().partition(":alarm:")[2] or name_or_arn.strip()


def _resources(watched: Iterable[WatchedMetric], service_map: ServiceMap) -> tuple[ResourceId, ...]:
    found = (resolve(one.namespace, one.dimensions, service_map) for one in watched)
    return tuple(dict.fromkeys(resource for resource in found if resource is not None))
