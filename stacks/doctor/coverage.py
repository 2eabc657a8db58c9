"""Coverage: for each opted-in alarm what Quorum would see and could do, and what is missing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import chain
from typing import Final, NamedTuple

from botocore.config import Config as ClientConfig

from quorum.adapters.resource_state.aws_state import aws_state
from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.adapters.telemetry.tagged_alarms import TaggedAlarms
from quorum.adapters.topology.configured_traces import configured_traces
from quorum.adapters.topology.merged_topology import MergedTopology
from quorum.adapters.topology.ssm_topology import SsmTopology
from quorum.adapters.topology.tag_topology import TAG, TagTopology
from quorum.domain.autonomy import Mode, mode
from quorum.domain.base import ResourceId
from quorum.domain.evidence import Alarm, Edge, ResourceState
from quorum.domain.resource_patterns import matches
from quorum.domain.resource_settings import aliases_of
from quorum.domain.topology import ServiceMap, neighbours
from stacks.config import Config
from stacks.config_rules import OWN_PREFIX
from stacks.doctor.check import Check, ok, warning
from stacks.doctor.parsers import (
    AlarmContext,
    Gate,
    fired,
    log_group,
    metrics_of,
    possible,
    scope,
)
from stacks.doctor.subject import Subject

TRANSITIONS: Final = 3
_NEEDED: Final = frozenset({"requests", "errors"})
"""Measures by which a recovery is verified, beside the alarm itself."""


class Transition(NamedTuple):
    """A change of an alarm's state."""

    at: datetime
    summary: str


class Possible(NamedTuple):
    """A verb that could be proposed for a resource, and the autonomy in force for it."""

    verb: str
    resource: ResourceId
    mode: Mode


class Covered(NamedTuple):
    """An opted-in alarm."""

    alarm: str
    resources: tuple[ResourceId, ...]
    scope: tuple[ResourceId, ...]
    signals: tuple[str, ...]
    logs: tuple[str, ...]
    transitions: tuple[Transition, ...]
    possible: tuple[Possible, ...]
    missing: tuple[str, ...]


class Known(NamedTuple):
    """The map, settings, signals and log groups of the resources in an alarm's scope."""

    service_map: ServiceMap
    edges: tuple[Edge, ...]
    states: dict[ResourceId, ResourceState]
    signals: dict[ResourceId, tuple[str, ...]]
    """The measures that CloudWatch has metrics of."""
    groups: frozenset[str]
    """The log groups that exist."""


def coverage(subject: Subject) -> Iterator[Check]:
    """Yield a check per opted-in alarm; a warning where no alarm is opted in."""
    found = covered(subject)
    if not found:
        yield warning(
            "coverage",
            "no alarm is opted in",
            "Set alarm_prefixes or alarm_tags to match alarms that exist",
        )
    for one in found:
        yield as_check(one)


def as_check(one: Covered) -> Check:
    """Return an alarm's coverage as a check."""
    what = ", ".join(one.resources) or "no resource"
    verbs = ", ".join(f"{p.verb} ({p.mode})" for p in one.possible) or "nothing"
    last = one.transitions[0] if one.transitions else None
    seen = f"last change {last.at:%Y-%m-%d %H:%M} UTC" if last else "no change of state recorded"
    signals = ", ".join(one.signals) or "no signals"
    detail = f"{what}; {signals}; {seen}; could propose {verbs}"
    name = f"coverage of {one.alarm}"
    return (
        warning(name, detail, f"Missing: {'; '.join(one.missing)}")
        if one.missing
        else ok(name, detail)
    )


def covered(subject: Subject) -> list[Covered]:
    """Return the coverage of every alarm that would enter. Raises SourceUnavailableError."""
    reader = _Reader(subject)
    return [reader.covered(alarm) for alarm in reader.alarms()]


class _Reader:
    """Reads with the product's own adapters, and the caller's credentials."""

    def __init__(self, subject: Subject) -> None:
        self._subject, config = subject, subject.config
        self._cloudwatch = subject.client("cloudwatch")
        self._definitions = CloudWatchAlarms(self._cloudwatch)
        self._tagging = subject.client("resourcegroupstaggingapi")
        declared = MergedTopology(
            SsmTopology(subject.client("ssm"), config.service_map_parameter),
            TagTopology(self._tagging),
        )
        self._map = declared.service_map()
        traces = configured_traces(
            "" if config.traces == "none" else config.traces, ClientConfig(), subject.now
        )
        traced = traces.service_map() if traces else ServiceMap()
        self._edges = tuple(dict.fromkeys((*self._map.edges(), *traced.edges())))
        self._states = aws_state(ClientConfig(), autoscaling=config.machinery.on_aws)
        self._context = AlarmContext(declared, self._definitions, subject.now, lambda _: None)

    def alarms(self) -> Iterator[Alarm]:
        """Yield the alarms that the gate lets in, as intake describes them when they fire."""
        subject, config = self._subject, self._subject.config
        gate = Gate(
            subject.account,
            subject.region,
            config.alarm_prefixes,
            OWN_PREFIX,
            config.alarm_tags,
            self._definitions.tags,
        )
        names = dict.fromkeys(
            (*self._prefixed(), *TaggedAlarms(self._tagging, config.alarm_tags).names())
        )
        for name, description in self._definitions.describe(tuple(names)).items():
            arn = subject.arn("cloudwatch", f"alarm:{name}")
            event = fired(arn, subject.account, subject.region, subject.now())
            if gate.reject_reason(event) is None:
                yield self._context.describe(event, description)

    def _prefixed(self) -> Iterator[str]:
        paginator = self._cloudwatch.get_paginator("describe_alarms")
        for prefix in self._subject.config.alarm_prefixes:
            for page in paginator.paginate(
                AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
            ):
                for one in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
                    yield one["AlarmName"]

    def covered(self, alarm: Alarm) -> Covered:
        """Return the alarm's coverage."""
        within = scope(alarm.resources, self._edges)
        known = Known(
            self._map,
            self._edges,
            self._read_states(within),
            {r: self._signals(r) for r in within},
            self._groups(within),
        )
        return assess(alarm, known, self._subject.config, self._subject.now())._replace(
            transitions=self._transitions(alarm.name)
        )

    def _read_states(self, resources: Iterable[ResourceId]) -> dict[ResourceId, ResourceState]:
        watch = self._subject.config.watch
        found: dict[ResourceId, ResourceState] = {}
        for resource in resources:
            if any(matches(pattern, resource) for pattern in watch):
                service = self._map.service(resource)
                state = self._states.state(resource, service.alias if service else None)
                found |= {} if state is None else {resource: state}
        return found

    def _signals(self, resource: ResourceId) -> tuple[str, ...]:
        paginator = self._cloudwatch.get_paginator("list_metrics")
        found: dict[str, None] = {}
        for metric in metrics_of(resource, self._map.service(resource)):
            pages = paginator.paginate(
                Namespace=metric.namespace,
                MetricName=metric.name,
                Dimensions=[{"Name": name, "Value": value} for name, value in metric.dimensions],
            )
            if any(page["Metrics"] for page in pages):
                found[metric.measure] = None
        return tuple(found)

    def _groups(self, resources: Iterable[ResourceId]) -> frozenset[str]:
        logs = self._subject.client("logs")
        wanted = {log_group(r, self._map.service(r)) for r in resources} - {None}
        pages = (
            logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
            for name in sorted(filter(None, wanted))
        )
        listed = (
            one["logGroupName"] for page in chain.from_iterable(pages) for one in page["logGroups"]
        )
        return frozenset(listed) & wanted

    def _transitions(self, alarm: str) -> tuple[Transition, ...]:
        found = self._cloudwatch.describe_alarm_history(
            AlarmName=alarm,
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            HistoryItemType="StateUpdate",
            MaxRecords=TRANSITIONS,
            ScanBy="TimestampDescending",
        )
        return tuple(
            Transition(one["Timestamp"], one["HistorySummary"])
            for one in found["AlarmHistoryItems"]
        )


def assess(alarm: Alarm, known: Known, config: Config, at: datetime) -> Covered:
    """Return the coverage of an alarm without its transitions."""
    within = scope(alarm.resources, known.edges)
    actions = tuple(
        Possible(one.verb, one.resource, mode(config.autonomy, one.verb, one.resource))
        for resource in within
        if resource in known.states
        for one in possible(known.states[resource], at, (alarm,))
    )
    signals = tuple(dict.fromkeys(chain.from_iterable(known.signals.get(r, ()) for r in within)))
    groups = (log_group(r, known.service_map.service(r)) for r in within)
    return Covered(
        alarm.name,
        alarm.resources,
        within,
        signals,
        tuple(g for g in groups if g in known.groups),
        (),
        actions,
        tuple(_missing(alarm, within, known, config)),
    )


def _missing(
    alarm: Alarm, within: Sequence[ResourceId], known: Known, config: Config
) -> Iterator[str]:
    if not alarm.resources:
        yield (
            "a resource, as no dimension of the alarm's metric identifies one: declare its "
            f"namespace in the service map {config.service_map_parameter}"
        )
        return
    if not any(neighbours(known.edges, r) for r in alarm.resources):
        yield f"dependencies: a service map in {config.service_map_parameter}, or the tag {TAG}"
    if not any(set(known.signals.get(r, ())) >= _NEEDED for r in within):
        yield "a metric of requests and errors: declare 'metrics' in the service map"
    for resource in alarm.resources:
        yield from _missing_of(resource, known, config)


def _missing_of(resource: ResourceId, known: Known, config: Config) -> Iterator[str]:
    state, group = (
        known.states.get(resource),
        log_group(resource, known.service_map.service(resource)),
    )
    kind = resource.partition(":")[0]
    if not any(matches(pattern, resource) for pattern in config.watch):
        yield f"settings of {resource}: add it to 'watch'"
    elif state is None and kind in _KINDS:
        yield f"{resource}, which does not exist"
    elif kind == "lambda" and state is not None and not aliases_of(state.settings):
        yield f"an alias of {resource}, without which no release is rolled back"
    if group is None and kind in {"ecs", "rds"}:
        yield f"a log group of {resource}: declare 'log_group' in the service map"
    elif group is not None and group not in known.groups:
        yield f"log group {group}, which does not exist"
    elif group is not None and not any(fnmatchcase(group, one) for one in config.log_groups):
        yield f"permission to read log group {group}: add it to 'log_groups'"


_KINDS: Final = frozenset({"lambda", "dynamodb", "sqs", "ssm", "ecs"})
"""Kinds of resources whose settings are read."""
