"""From CloudWatch's event to our alarm: kind, resources, and how it judges."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from functions.intake.alarm_event import AlarmEvent, MetricStat
from functions.shared.domain.evidence import Alarm
from functions.shared.domain.model import OutsiderText, ResourceId
from functions.shared.domain.resources import resolve
from functions.shared.domain.topology import ServiceMap
from functions.shared.ports import AlarmDefinition, WatchedMetric

Kind = Literal["metric", "math", "composite"]

_CHILD: Final = re.compile(
    r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"([^\"]+)\"|'([^']+)'|([^)\"']+?))\s*\)"
)


def to_alarm(event: AlarmEvent, service_map: ServiceMap) -> Alarm:
    """Return the alarm as far as its event tells: a composite's has no resources yet."""
    state = event.detail.state
    return Alarm(
        name=event.detail.alarm_name,
        arn=event.arn,
        kind=_kind(event),
        account=event.account,
        region=event.region,
        fired_at=state.timestamp,
        reason=OutsiderText.of(state.reason),
        threshold=state.reason_data.threshold,
        evaluation_periods=max(1, len(state.reason_data.recent_datapoints)),
        children=_children(event) if _kind(event) == "composite" else (),
        **_watching(event, service_map),
    )


def refine(alarm: Alarm, known: Mapping[str, AlarmDefinition], service_map: ServiceMap) -> Alarm:
    """Add what events do not tell: how many periods count, and what a composite's children watch.

    Without a definition the alarm stays as it was.
    """
    found = [known[name] for name in (alarm.children or (alarm.name,)) if name in known]
    if not found:
        return alarm
    judges: dict[str, Any] = {
        "period_seconds": max(definition.period_seconds for definition in found),
        "evaluation_periods": max(definition.evaluation_periods for definition in found),
    }
    if alarm.kind == "composite":
        watched = [metric for definition in found for metric in definition.watched]
        return alarm.model_copy(update={**judges, "resources": _resources(watched, service_map)})
    return alarm.model_copy(
        update={**judges, "threshold": found[0].threshold, "comparison": found[0].comparison}
    )


def _kind(event: AlarmEvent) -> Kind:
    configuration = event.detail.configuration
    if configuration.alarm_rule is not None:
        return "composite"
    plain = [entry for entry in configuration.metrics if entry.expression is None]
    return "metric" if len(plain) == len(configuration.metrics) == 1 else "math"


def _children(event: AlarmEvent) -> tuple[str, ...]:
    """Return the alarms that set the composite off, or else all that its rule names."""
    triggering = [child.arn for child in event.detail.state.reason_data.triggering_alarms]
    named = ["".join(m) for m in _CHILD.findall(event.detail.configuration.alarm_rule or "")]
    return tuple(dict.fromkeys(_name(child) for child in triggering or named))


def _name(name_or_arn: str) -> str:
    return name_or_arn.partition(":alarm:")[2] or name_or_arn


def _watching(event: AlarmEvent, service_map: ServiceMap) -> dict[str, Any]:
    stats = [e.metric_stat for e in event.detail.configuration.metrics if e.metric_stat]
    if not stats:
        return {"resources": ()}
    first = _watched(stats[0])
    return {
        "resources": _resources(map(_watched, stats), service_map),
        "namespace": first.namespace,
        "metric": stats[0].metric.name,
        "dimensions": first.dimensions,
        "statistic": stats[0].stat,
        "period_seconds": max(stat.period for stat in stats),
    }


def _watched(stat: MetricStat) -> WatchedMetric:
    return WatchedMetric(stat.metric.namespace, tuple(sorted(stat.metric.dimensions.items())))


def _resources(watched: Iterable[WatchedMetric], service_map: ServiceMap) -> tuple[ResourceId, ...]:
    found = (resolve(one.namespace, one.dimensions, service_map) for one in watched)
    return tuple(dict.fromkeys(resource for resource in found if resource is not None))
