"""Coverage of the opted-in alarms, from the lists and settings of a survey."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from quorum.domain.alarm_rule import children
from quorum.domain.base import OutsiderText, ResourceId
from quorum.domain.conventions import metrics_of
from quorum.domain.coverage import CoverageReport, Covered, Known, Settings, Transition, assess
from quorum.domain.evidence import Alarm, ResourceState
from quorum.domain.resources import resolve
from quorum.domain.scope import scope
from quorum.domain.topology import ServiceMap
from quorum.ports.telemetry import AlarmDescription, WatchedMetric
from quorum.services.naming import Place


class Surveyed(NamedTuple):
    """The lists and settings that a survey has read."""

    service_map: ServiceMap
    alarms: Mapping[str, AlarmDescription]
    """The opted-in alarms by name."""
    children: Mapping[str, AlarmDescription]
    """The alarms that composites among them rest on, opted in or not, by name."""
    states: Mapping[ResourceId, ResourceState]
    unread: frozenset[ResourceId]
    """The resources that could not be read."""


def coverage(found: Surveyed, settings: Settings, place: Place, at: datetime) -> CoverageReport:
    """Return the coverage of every alarm, by name. The existence of log groups is not checked."""
    return CoverageReport(
        at=at.timestamp(),
        alarms=tuple(
            _covered(_alarm(name, found.alarms[name], found, place), found, settings, at)
            for name in sorted(found.alarms)
        ),
    )


def child_names(descriptions: Iterable[AlarmDescription]) -> tuple[str, ...]:
    """Return the names of the alarms that these composites rest on."""
    named = (child.name for one in descriptions for child in children(one.rule))
    return tuple(dict.fromkeys(name.rpartition(":alarm:")[2] for name in named))


def _covered(alarm: Alarm, found: Surveyed, settings: Settings, at: datetime) -> Covered:
    edges = found.service_map.edges()
    signals = {
        r: tuple(m.measure for m in metrics_of(r, found.service_map.service(r), (alarm,)))
        for r in scope(alarm.resources, edges)
    }
    known = Known(found.service_map, tuple(edges), found.states, signals, unread=found.unread)
    status = found.alarms[alarm.name].status
    last = Transition(at=status.since.timestamp(), summary=status.state)
    return assess(alarm, known, settings, at).model_copy(update={"transitions": (last,)})


def _alarm(name: str, description: AlarmDescription, found: Surveyed, place: Place) -> Alarm:
    """Return the alarm as if it fired now, on all of its resources."""
    watched = tuple(_watched(description, found.children))
    first = watched[0] if watched else None
    resources = (resolve(*one, found.service_map) for one in watched)
    return Alarm(
        name=name,
        arn=f"arn:{place.partition}:cloudwatch:{place.region}:{place.account}:alarm:{name}",
        kind=description.kind,
        account=place.account,
        region=place.region,
        resources=tuple(dict.fromkeys(r for r in resources if r is not None)),
        fired_at=description.status.since.astimezone(UTC),
        reason=OutsiderText.of(""),
        namespace=first.namespace if first else None,
        metric=description.metric,
        dimensions=first.dimensions if first else (),
    )


def _watched(
    description: AlarmDescription, known: Mapping[str, AlarmDescription]
) -> Iterator[WatchedMetric]:
    """Yield the alarm's metrics, and those of the alarms that it rests on."""
    yield from description.watched
    names = list(child_names((description,)))
    for name in names:  # which grows
        if name in known:
            yield from known[name].watched
            names += [one for one in child_names((known[name],)) if one not in names]
