"""Alarm context: CloudWatch's description, the alarm's resources, a composite's children.

A failed read of the topology or the children does not keep an alarm from entering: it enters with
less context.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from functions.intake.alarm_event import AlarmEvent, ReasonData, read_reason_data
from quorum.domain.alarm_rule import Child, children
from quorum.domain.base import OutsiderText, ResourceId
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.evidence import Alarm
from quorum.domain.evidence_times import MAX_DELIVERY_SECONDS
from quorum.domain.resources import resolve
from quorum.domain.topology import ServiceMap
from quorum.ports.clock import Clock
from quorum.ports.telemetry import (
    AlarmDescription,
    AlarmDescriptions,
    TopologySource,
    WatchedMetric,
)

Points = tuple[tuple[int, float], ...]
CountMetric = Callable[[str], None]
"""Adds 1 to the named metric."""

MOST_EVALUATED: Final = 100
"""Datapoints of an evaluation that are kept, the newest: CloudWatch's data has room for fewer."""
EVALUATIONS: Final = 2
"""CloudWatch looks this many evaluations back for the datapoints of one with missing data."""
MOST_LEVELS: Final = 3
"""Of composites in composites that are followed."""
MAP_SECONDS: Final = 60
"""Lifetime of a service map, so that a storm does not read it once per alarm."""


@dataclass(slots=True)
class AlarmContext:
    """Describes alarms."""

    topology: TopologySource
    alarms: AlarmDescriptions
    now: Clock
    count: CountMetric
    _map: ServiceMap = field(default_factory=ServiceMap)
    _map_expires_at: datetime | None = None

    def service_map(self) -> ServiceMap:
        """Return the map, at most MAP_SECONDS old; the last known one if its source fails."""
        if self._map_expires_at is None or self._map_expires_at <= self.now():
            try:
                self._map = self.topology.service_map()
                self._map_expires_at = self.now() + timedelta(seconds=MAP_SECONDS)
            except SourceUnavailableError:
                self.count("TopologyUnavailable")
        return self._map

    def describe(self, event: AlarmEvent, description: AlarmDescription) -> Alarm:
        """Return the alarm with its resources."""
        alarm = to_alarm(event, description, self.service_map())
        if alarm.kind != "composite":
            return alarm
        known = self._children(alarm.children)
        return with_children(alarm, known, self.service_map(), description.rule)

    def _children(self, names: Sequence[str]) -> Mapping[str, AlarmDescription]:
        """Return the children's descriptions and those of their children, as far as readable."""
        known: dict[str, AlarmDescription] = {}
        for _ in range(MOST_LEVELS):
            missing = [name for name in names if name not in known]
            if not missing:
                break
            try:
                found = self.alarms.describe(missing)
            except SourceUnavailableError:
                self.count("AlarmDefinitionsUnavailable")
                break
            known |= found
            names = [child.name for one in found.values() for child in children(one.rule)]
        return known


def to_alarm(event: AlarmEvent, description: AlarmDescription, service_map: ServiceMap) -> Alarm:
    """Return the alarm as CloudWatch describes it; a composite has no resources yet."""
    first = description.watched[0] if description.watched else None
    state = event.detail.state
    reason = description.reason if description.status.state == state.value else state.reason
    return Alarm(
        name=event.detail.alarm_name,
        arn=event.arn,
        kind=description.kind,
        account=event.account,
        region=event.region,
        resources=_resources(_contributing(event, description), service_map),
        fired_at=event.at,
        reason=OutsiderText.redacted(reason),
        namespace=first.namespace if first else None,
        metric=description.metric,
        dimensions=first.dimensions if first else (),
        statistic=description.statistic,
        threshold=description.threshold,
        comparison=description.comparison,
        period_seconds=description.period_seconds,
        evaluation_periods=description.evaluation_periods,
        children=child_alarms(event, description.rule),
        evaluated=evaluated_points(state.reason_data, event.at, description),
        queries=description.queries,
    )


def _contributing(event: AlarmEvent, description: AlarmDescription) -> tuple[WatchedMetric, ...]:
    """Return the alarm's metrics, for one of its series with the dimensions of that series."""
    series = event.detail.alarm_contributor
    if series is None:
        return description.watched
    watched = description.watched or (WatchedMetric("", ()),)
    return tuple(
        WatchedMetric(one.namespace, tuple({**dict(one.dimensions), **series.attributes}.items()))
        for one in watched
    )


def evaluated_points(data: ReasonData, fired_at: datetime, description: AlarmDescription) -> Points:
    """Return the datapoints that the alarm evaluated, oldest first, one per time.

    Those outside of the time that an alarm of this description can have evaluated when it changed
    are left out: a message may be forged.
    """
    fired = fired_at.timestamp()
    seconds = description.period_seconds * description.evaluation_periods
    start = fired - EVALUATIONS * seconds - MAX_DELIVERY_SECONDS
    found = {
        int(at): point.value
        for point in data.evaluated_datapoints
        if point.value is not None and start <= (at := point.timestamp.timestamp()) <= fired
    }
    return tuple(sorted(found.items())[-MOST_EVALUATED:])


def with_children(
    alarm: Alarm,
    descriptions: Mapping[str, AlarmDescription],
    service_map: ServiceMap,
    rule: str = "",
) -> Alarm:
    """Return a composite with the resources and evaluation window of the children to blame.

    Those are the ones that are not OK and whose state contributes to the rule. Where none is left,
    all are: CloudWatch lags. Without any description the alarm is returned unchanged.
    """
    found = _to_blame(alarm.children, rule, descriptions)
    if not found:
        return alarm
    settings: dict[str, Any] = {
        "period_seconds": max(child.period_seconds for child in found),
        "evaluation_periods": max(child.evaluation_periods for child in found),
        "resources": _resources((m for child in found for m in child.watched), service_map),
        "evaluated": _evaluated_by(found, alarm.fired_at),
    }
    return alarm.model_copy(update=settings)


def _evaluated_by(children: Iterable[AlarmDescription], fired_at: datetime) -> Points:
    """Return the datapoints that the children in ALARM evaluated; the first child's per time."""
    found: dict[int, float] = {}
    for child in children:
        if child.status.state == "ALARM":
            points = evaluated_points(read_reason_data(child.reason_data), fired_at, child)
            found = dict(points) | found
    return tuple(sorted(found.items())[-MOST_EVALUATED:])


def _to_blame(
    names: Iterable[str],
    rule: str,
    descriptions: Mapping[str, AlarmDescription],
    levels: int = MOST_LEVELS,
) -> list[AlarmDescription]:
    """Return the metric alarms that made the rule true, in a nested composite its own ones."""
    in_rule = children(rule)
    found = [(name, descriptions[name]) for name in dict.fromkeys(names) if name in descriptions]
    blamed = [one for name, one in found if _contributes(name, one, in_rule)]
    leaves: list[AlarmDescription] = []
    for one in blamed or [one for _, one in found]:
        if one.kind != "composite":
            leaves.append(one)
        elif levels > 1:
            nested = [child.name for child in children(one.rule)]
            leaves += _to_blame(nested, one.rule, descriptions, levels - 1)
    return leaves


def _contributes(name: str, one: AlarmDescription, in_rule: Sequence[Child]) -> bool:
    """Return whether the child made the rule true. One that is OK only allowed it to be."""
    mine = [child for child in in_rule if child.name == name]
    state = one.status.state
    return state != "OK" and (not mine or any(child.contributes(state) for child in mine))


def child_alarms(event: AlarmEvent, rule: str) -> tuple[str, ...]:
    """Return the alarms in the rule that triggered the composite, or else all in the rule."""
    in_rule = [_name(child.name, event) for child in children(rule)]
    data = event.detail.state.reason_data
    triggering = {_name(child.arn, event) for child in data.triggering_alarms}
    named = [name for name in in_rule if name in triggering]
    return tuple(dict.fromkeys(named or in_rule))


def _name(name_or_arn: str, event: AlarmEvent) -> str:
    """Return the alarm's name; the ARN of one of another account or region stays one."""
    return name_or_arn.removeprefix(event.arn.partition(":alarm:")[0] + ":alarm:")


def _resources(watched: Iterable[WatchedMetric], service_map: ServiceMap) -> tuple[ResourceId, ...]:
    found = (resolve(one.namespace, one.dimensions, service_map) for one in watched)
    return tuple(dict.fromkeys(resource for resource in found if resource is not None))
