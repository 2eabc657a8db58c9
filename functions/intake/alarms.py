"""Our alarm: what CloudWatch has of it, and when and why it fired."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from functions.intake.alarm_event import MOST_REASON, AlarmEvent
from quorum.domain.base import OutsiderText, ResourceId
from quorum.domain.evidence import Alarm
from quorum.domain.resources import resolve
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import AlarmDescription, WatchedMetric

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
