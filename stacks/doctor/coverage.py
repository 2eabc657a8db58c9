"""Coverage of every opted-in alarm, read with the caller's credentials."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Final

from botocore.config import Config as ClientConfig

from quorum.adapters.resource_state.aws_state import aws_state
from quorum.adapters.telemetry.cloudwatch_alarms import CloudWatchAlarms
from quorum.adapters.telemetry.tagged_alarms import TaggedAlarms
from quorum.adapters.topology.configured_traces import configured_traces
from quorum.adapters.topology.merged_topology import MergedTopology
from quorum.adapters.topology.ssm_topology import SsmTopology
from quorum.adapters.topology.tag_topology import TagTopology
from quorum.domain.autonomy import mode
from quorum.domain.base import ResourceId
from quorum.domain.conventions import log_group, metrics_of
from quorum.domain.coverage import Covered, Known, Settings, Transition, assess
from quorum.domain.evidence import Alarm, ResourceState
from quorum.domain.resource_patterns import matches
from quorum.domain.scope import scope
from quorum.domain.topology import ServiceMap
from stacks.config import Config
from stacks.config_rules import OWN_PREFIX
from stacks.doctor.check import Check, ok, warning
from stacks.doctor.parsers import AlarmContext, Gate, fired
from stacks.doctor.subject import Subject

TRANSITIONS: Final = 3


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
        yield as_check(one, subject.config)


def as_check(one: Covered, config: Config) -> Check:
    """Return an alarm's coverage as a check."""
    what = ", ".join(one.resources) or "no resource"
    verbs = (
        ", ".join(f"{p.verb} ({mode(config.autonomy, p.verb, p.resource)})" for p in one.possible)
        or "nothing"
    )
    last = one.transitions[0] if one.transitions else None
    seen = f"last change {day_and_time(last)}" if last else "no change of state recorded"
    signals = ", ".join(one.signals) or "no signals"
    detail = f"{what}; {signals}; {seen}; could propose {verbs}"
    name = f"coverage of {one.alarm}"
    return (
        warning(name, detail, f"Missing: {'; '.join(one.missing)}")
        if one.missing
        else ok(name, detail)
    )


def day_and_time(transition: Transition) -> str:
    """Return when the state changed, to the minute."""
    return f"{datetime.fromtimestamp(transition.at, UTC):%Y-%m-%d %H:%M} UTC"


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
        config = self._subject.config
        settings = Settings(config.watch, config.log_groups, config.service_map_parameter)
        found = assess(alarm, known, settings, self._subject.now())
        return found.model_copy(update={"transitions": self._transitions(alarm.name)})

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
            Transition(at=one["Timestamp"].timestamp(), summary=one["HistorySummary"])
            for one in found["AlarmHistoryItems"]
        )
